// How late a thread of this machine wakes up at best: absolute deadlines RATE times a second for SECONDS, clock_nanosleep, timer slack of 1 ns.
// With WORK it also computes at each instant what takes WORK µs when nothing disturbs it: a machine that is shared takes from whoever computes, and little from whoever only sleeps.
// Prints p50 and p99 of the lateness in µs.
//   sleep-floor RATE SECONDS [WORK]
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <time.h>

static long now(void) { struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); return t.tv_sec * 1000000000L + t.tv_nsec; }
static int order(const void *a, const void *b) { long x = *(long *)a, y = *(long *)b; return (x > y) - (x < y); }

static volatile unsigned long sink;
static void compute(long steps) { unsigned long x = sink; while (steps-- > 0) x = x * 6364136223846793005UL + 1442695040888963407UL; sink = x; }

// Steps that take a µs: the best of many tries.
static double calibrate(void) {
    long best = 1L << 60;
    for (int i = 0; i < 2000; i++) { long from = now(); compute(10000); long took = now() - from; if (took < best) best = took; }
    return 10000 / (best / 1e3);
}

int main(int argc, char **argv) {
    long rate = atol(argv[1]), count = rate * atol(argv[2]), step = 1000000000L / rate, *late = malloc(count * sizeof *late);
    long work = argc > 3 ? (long)(atol(argv[3]) * calibrate()) : 0;
    prctl(PR_SET_TIMERSLACK, 1);
    long start = now() + 10000000L;
    for (long i = 0; i < count; i++) {
        long due = start + i * step;
        struct timespec t = {due / 1000000000L, due % 1000000000L};
        if (now() < due) clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, 0);
        late[i] = now() - due;
        compute(work);
    }
    qsort(late, count, sizeof *late, order);
    printf("%.1f %.1f\n", late[count / 2] / 1e3, late[count * 99 / 100] / 1e3);
}
