// The modelled machine: GPUs, what every process has taken of them, and what happens when. It lies in a file that is
// mapped by all processes on the machine and by the test, so that a test describes, moves and reads it while they run.
// machine_file.py has the same layout; a test compares the sizes.
#ifndef MODELLED_GPU_MACHINE_H
#define MODELLED_GPU_MACHINE_H

#include <stddef.h>
#include <stdint.h>

enum { MOST_DEVICES = 4, MOST_PROCESSES = 32, MOST_EVENTS = 64 };

enum driver_model { MODEL_NONE = -1, MODEL_WDDM = 0, MODEL_TCC = 1 };
enum counted { COUNT_LAUNCHES = 0, COUNT_REQUESTS = 1, COUNT_LOOKS = 2 };
enum taker { OTHER_PROGRAM = 0, THIS_PROCESS = 1 };

// One GPU. The first group is described by the test, the second may be changed by it at any time, the third is counted.
struct device {
  uint64_t total_bytes;
  uint64_t context_bytes;      // taken by a process's first call that needs a context
  uint64_t kernel_bytes;       // by which the context grows with each kernel that is launched for the first time
  uint64_t graph_bytes;        // taken outside the allocator by each graph that is instantiated
  uint64_t spill_margin_bytes; // a driver that spills does so when less than this would stay free
  int32_t spills;
  int32_t driver_model;
  int32_t integrated;
  int32_t nvml_knows_uuid;

  uint64_t others_bytes; // held by other programs
  uint64_t hidden_bytes; // held by other programs and seen by NVML alone, as WDDM hides what it could page out

  uint64_t requests; // for device memory: cudaMalloc, cuMemCreate, growth of a memory pool
  uint64_t refused_requests;
  uint64_t spilled_requests;
  uint64_t given_back;
  uint64_t looks; // cudaMemGetInfo
  uint64_t launches;
  uint64_t peak_dedicated_bytes; // of all processes on the machine together, contexts left out
  uint64_t peak_shared_bytes;
  uint64_t peak_paged_out_bytes; // by which dedicated memory was ever overcommitted, since others took more than was free
};

// What one process has taken.
struct process {
  int32_t pid;
  int32_t unused;
  uint64_t dedicated_bytes[MOST_DEVICES];
  uint64_t shared_bytes[MOST_DEVICES];
  uint64_t outside_bytes[MOST_DEVICES]; // context, late kernels, graphs: dedicated memory that no allocator sees
  uint64_t pinned_bytes;
};

// Memory taken (or, below 0, given back) once a device has counted so many launches, requests or looks.
struct event {
  int32_t device;
  int32_t taker;
  int32_t counted;
  int32_t happened;
  uint64_t after;
  int64_t bytes;
};

struct machine {
  uint32_t lock; // pid of the holder, 0 for none
  int32_t device_count;
  int32_t event_count;
  int32_t wsl;
  uint64_t runtime_calls; // calls of libcudart and of libcuda, launches among them
  uint64_t nvml_calls;
  struct device devices[MOST_DEVICES];
  struct process processes[MOST_PROCESSES];
  struct event events[MOST_EVENTS];
};

// The machine, or NULL where the variable MODELLED_GPU_MACHINE names none: then there is no GPU.
struct machine *the_machine(void);

// A block of memory on a device.
enum place { NOWHERE, DEDICATED, SHARED };

void lock_machine(void);
void unlock_machine(void);

// All of these are called with the machine locked.
struct process *this_process(void);
void ensure_context(int device);
void take_outside(int device, int64_t bytes);
uint64_t used_bytes(int device); // dedicated memory, as CUDA tells it
uint64_t really_used_bytes(int device);
enum place request(int device, uint64_t bytes);
void give_back(int device, uint64_t bytes, enum place place);
void let_events_happen(int device);

// The device that CUDA calls by this index, as CUDA_VISIBLE_DEVICES says.
int visible_count(void);
int visible_device(int index);

void count_runtime_call(void);
void count_nvml_call(void);

// Host memory that stands for device memory; untouched it costs nothing.
void *reserve_addresses(size_t bytes, int usable);

#endif
