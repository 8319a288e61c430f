/* The remainder of a division of doubles, as exact as the C library's fmod and many times faster than the one
 * of glibc before 2.38, which goes bit by bit: JavaScript's % is this function. */
#pragma once

double modulo(double x, double y);
