/* The engine calls the C library's fmod for every % of two doubles; a program's own functions come first
 * when a library is linked, so it calls this one. */
#include "base/modulo.h"

double fmod(double x, double y);

double fmod(double x, double y) {
    return modulo(x, y);
}
