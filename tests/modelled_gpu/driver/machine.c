// The modelled machine's memory: who has what, when the driver spills or refuses, and what happens meanwhile.
#define _GNU_SOURCE
#include "machine.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/utsname.h>
#include <unistd.h>

static struct machine *mapped;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static int32_t own_pid; // asking the system at each of millions of launches would take longer than all else

static void note_own_pid(void) { own_pid = getpid(); }

static void map_machine(void) {
  note_own_pid();
  pthread_atfork(NULL, NULL, note_own_pid);
  const char *path = getenv("MODELLED_GPU_MACHINE");
  int file = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
  if (file < 0)
    return;
  void *memory = mmap(NULL, sizeof(struct machine), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  close(file);
  mapped = memory == MAP_FAILED ? NULL : memory;
}

struct machine *the_machine(void) {
  pthread_once(&once, map_machine);
  return mapped;
}

static int is_alive(int32_t pid) { return pid == own_pid || kill(pid, 0) == 0 || errno == EPERM; }

// A spin lock, since a mutex in a file would have to be set up by someone first. A holder that died loses it.
void lock_machine(void) {
  uint32_t nobody = 0, me = (uint32_t)own_pid;
  while (!__atomic_compare_exchange_n(&mapped->lock, &nobody, me, 0, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED)) {
    if (nobody != me && !is_alive((int32_t)nobody))
      __atomic_compare_exchange_n(&mapped->lock, &nobody, 0, 0, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED);
    nobody = 0;
    sched_yield();
  }
}

void unlock_machine(void) { __atomic_store_n(&mapped->lock, 0, __ATOMIC_RELEASE); }

void count_runtime_call(void) {
  if (the_machine())
    __atomic_add_fetch(&mapped->runtime_calls, 1, __ATOMIC_RELAXED);
}

void count_nvml_call(void) {
  if (the_machine())
    __atomic_add_fetch(&mapped->nvml_calls, 1, __ATOMIC_RELAXED);
}

// Memory of a process that ended, in whatever way, is the driver's again.
static void bury_the_dead(void) {
  for (int i = 0; i < MOST_PROCESSES; i++)
    if (mapped->processes[i].pid && !is_alive(mapped->processes[i].pid))
      memset(&mapped->processes[i], 0, sizeof mapped->processes[i]);
}

struct process *this_process(void) {
  struct process *empty = NULL;
  int32_t me = own_pid;
  for (int i = 0; i < MOST_PROCESSES; i++) {
    if (mapped->processes[i].pid == me)
      return &mapped->processes[i];
    if (!empty && !mapped->processes[i].pid)
      empty = &mapped->processes[i];
  }
  if (!empty)
    abort(); // more processes than the model has room for
  memset(empty, 0, sizeof *empty);
  empty->pid = me;
  return empty;
}

uint64_t used_bytes(int device) {
  bury_the_dead();
  uint64_t used = mapped->devices[device].others_bytes;
  for (int i = 0; i < MOST_PROCESSES; i++)
    if (mapped->processes[i].pid)
      used += mapped->processes[i].dedicated_bytes[device] + mapped->processes[i].outside_bytes[device];
  return used;
}

uint64_t really_used_bytes(int device) { return used_bytes(device) + mapped->devices[device].hidden_bytes; }

// Peaks are looked at whenever something may have changed; the test changes others_bytes without a call.
static void note_peaks(int device) {
  struct device *it = &mapped->devices[device];
  uint64_t dedicated = 0, shared = 0, used = really_used_bytes(device);
  for (int i = 0; i < MOST_PROCESSES; i++)
    if (mapped->processes[i].pid) {
      dedicated += mapped->processes[i].dedicated_bytes[device];
      shared += mapped->processes[i].shared_bytes[device];
    }
  if (dedicated > it->peak_dedicated_bytes)
    it->peak_dedicated_bytes = dedicated;
  if (shared > it->peak_shared_bytes)
    it->peak_shared_bytes = shared;
  if (used > it->total_bytes && used - it->total_bytes > it->peak_paged_out_bytes)
    it->peak_paged_out_bytes = used - it->total_bytes;
}

static uint64_t moved(uint64_t held, int64_t by) { return by < 0 && held < (uint64_t)-by ? 0 : held + (uint64_t)by; }

void take_outside(int device, int64_t bytes) {
  struct process *me = this_process();
  me->outside_bytes[device] = moved(me->outside_bytes[device], bytes);
  note_peaks(device);
}

void ensure_context(int device) {
  struct process *me = this_process();
  if (!me->outside_bytes[device])
    take_outside(device, (int64_t)mapped->devices[device].context_bytes);
}

void let_events_happen(int device) {
  struct device *it = &mapped->devices[device];
  uint64_t counts[] = {it->launches, it->requests, it->looks};
  for (int i = 0; i < mapped->event_count; i++) {
    struct event *event = &mapped->events[i];
    if (event->happened || event->device != device || counts[event->counted] < event->after)
      continue;
    event->happened = 1;
    if (event->taker == THIS_PROCESS)
      take_outside(device, event->bytes);
    else
      it->others_bytes = moved(it->others_bytes, event->bytes);
  }
  note_peaks(device);
}

// A driver that spills does so close to the limit, not only past it; one that does not, refuses past it.
enum place request(int device, uint64_t bytes) {
  struct device *it = &mapped->devices[device];
  struct process *me = this_process();
  ensure_context(device);
  it->requests++;
  let_events_happen(device);
  uint64_t used = really_used_bytes(device);
  enum place place = DEDICATED;
  if (it->spills && used + bytes + it->spill_margin_bytes > it->total_bytes)
    place = SHARED;
  else if (used + bytes > it->total_bytes)
    place = NOWHERE;
  if (place == NOWHERE) {
    it->refused_requests++;
    return NOWHERE;
  }
  if (place == SHARED) {
    it->spilled_requests++;
    me->shared_bytes[device] += bytes;
  } else {
    me->dedicated_bytes[device] += bytes;
  }
  note_peaks(device);
  return place;
}

void give_back(int device, uint64_t bytes, enum place place) {
  struct process *me = this_process();
  uint64_t *held = place == SHARED ? &me->shared_bytes[device] : &me->dedicated_bytes[device];
  *held = moved(*held, -(int64_t)bytes);
  mapped->devices[device].given_back++;
}

// CUDA_VISIBLE_DEVICES as a list of indices; a list with anything else in it ends there, as CUDA has it.
static int visible(int wanted, int *device) {
  const char *list = getenv("CUDA_VISIBLE_DEVICES");
  int count = 0, there = the_machine() ? mapped->device_count : 0;
  if (!list) {
    *device = wanted;
    return there;
  }
  for (char *end; *list; list = *end == ',' ? end + 1 : end, count++) {
    long index = strtol(list, &end, 10);
    if (end == list || index < 0 || index >= there)
      break;
    if (count == wanted)
      *device = (int)index;
  }
  return count;
}

int visible_count(void) {
  int ignored;
  return visible(-1, &ignored);
}

int visible_device(int index) {
  int device = -1;
  return index < visible(index, &device) ? device : -1;
}

void *reserve_addresses(size_t bytes, int usable) {
  int protection = usable ? PROT_READ | PROT_WRITE : PROT_NONE;
  void *memory = mmap(NULL, bytes, protection, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  return memory == MAP_FAILED ? NULL : memory;
}

// WSL2 is told from Linux by its kernel's release.
int uname(struct utsname *name) {
  int (*real)(struct utsname *) = (int (*)(struct utsname *))dlsym(RTLD_NEXT, "uname");
  int result = real(name);
  if (result == 0 && the_machine() && mapped->wsl)
    strcpy(name->release, "5.15.167.4-microsoft-standard-WSL2");
  return result;
}

size_t modelled_gpu_machine_size(void) { return sizeof(struct machine); }

__attribute__((destructor)) static void leave(void) {
  if (!mapped)
    return;
  lock_machine();
  for (int i = 0; i < MOST_PROCESSES; i++)
    if (mapped->processes[i].pid == own_pid)
      memset(&mapped->processes[i], 0, sizeof mapped->processes[i]);
  unlock_machine();
}
