/* The pages of the program and its libraries in memory: starting touches many that serving never needs. */
#pragma once

/* Lets go of those that can be read from their files again; the ones in use come back as they are touched. */
void image_trim(void);
/* The same of code alone, which is mapped again as it was. */
void image_trim_code(void);
