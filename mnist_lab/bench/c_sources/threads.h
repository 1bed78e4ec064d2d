/* Several threads for one piece of work, and a barrier at which they wait for one another; Windows' own or POSIX'. */
#ifndef THREADS_H
#define THREADS_H

#include <stdlib.h>

typedef void (*piece)(void *work, int rank, int count);

typedef struct {
    piece run;
    void *work;
    int rank, count;
} assignment;

#ifdef _WIN32
#include <windows.h>
typedef HANDLE thread_handle;
static DWORD WINAPI begin(LPVOID given)
{
    assignment *own = given;
    own->run(own->work, own->rank, own->count);
    return 0;
}
static int start(thread_handle *thread, assignment *own)
{
    *thread = CreateThread(NULL, 0, begin, own, 0, NULL);
    return *thread != NULL;
}
static void join(thread_handle thread)
{
    WaitForSingleObject(thread, INFINITE);
    CloseHandle(thread);
}
static void let_others_run(void) { SwitchToThread(); }
#else
#include <pthread.h>
#include <sched.h>
typedef pthread_t thread_handle;
static void *begin(void *given)
{
    assignment *own = given;
    own->run(own->work, own->rank, own->count);
    return NULL;
}
static int start(thread_handle *thread, assignment *own) { return pthread_create(thread, NULL, begin, own) == 0; }
static void join(thread_handle thread) { pthread_join(thread, NULL); }
static void let_others_run(void) { sched_yield(); }
#endif

enum { MOST_THREADS = 256 };

/* All threads come here before any goes on; `round` counts, so that it can be used again at once. */
typedef struct {
    int waiting, round;
} barrier;

static inline void wait_for_all(barrier *here, int count)
{
    int round = __atomic_load_n(&here->round, __ATOMIC_ACQUIRE);
    if (__atomic_add_fetch(&here->waiting, 1, __ATOMIC_ACQ_REL) == count) {
        __atomic_store_n(&here->waiting, 0, __ATOMIC_RELAXED);
        __atomic_store_n(&here->round, round + 1, __ATOMIC_RELEASE);
        return;
    }
    for (int spins = 0; __atomic_load_n(&here->round, __ATOMIC_ACQUIRE) == round; spins++)
        if (spins > 1000)
            let_others_run();
}

/* Run a piece in `count` threads, this one among them.

   All start at one gate: where the system gives fewer threads than were asked for, the piece must know the number that
   there are, for its barrier would wait for the missing ones for ever. */
typedef struct {
    piece run;
    void *work;
    int count; /* 0: not known yet */
} crew;

static void after_the_gate(void *given, int rank, int asked)
{
    crew *all = given;
    int count;
    (void)asked;
    while ((count = __atomic_load_n(&all->count, __ATOMIC_ACQUIRE)) == 0)
        let_others_run();
    all->run(all->work, rank, count);
}

static void in_threads(piece run, void *work, int count)
{
    thread_handle threads[MOST_THREADS];
    assignment own[MOST_THREADS];
    crew all = {run, work, 0};
    int started = 1;
    count = count < 1 ? 1 : count > MOST_THREADS ? MOST_THREADS : count;
    for (; started < count; started++) {
        own[started] = (assignment){after_the_gate, &all, started, count};
        if (!start(&threads[started], &own[started]))
            break;
    }
    __atomic_store_n(&all.count, started, __ATOMIC_RELEASE);
    run(work, 0, started);
    for (int rank = 1; rank < started; rank++)
        join(threads[rank]);
}

#endif
