/* The figures for Prometheus on a port of the loopback interface, if the setting metrics-port names one. */
#pragma once

#include "manager/internal.h"

typedef struct Scraping Scraping;

/* NULL if it is not wanted, or cannot be had (which is told in the log). */
Scraping *scraping_open(Root *root);
void scraping_close(Scraping *scraping); /* NULL is fine */
