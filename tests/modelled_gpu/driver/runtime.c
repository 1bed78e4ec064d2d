// libcudart: what PyTorch calls of it, answered by the modelled machine. Memory, copies, capture and events are modelled;
// kernels do nothing when they are launched. The few structures are declared here as CUDA 13 lays them out.
#define _GNU_SOURCE
#include "blocks.h"
#include "graphs.h"
#include "machine.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

typedef int cudaError_t;
enum { cudaSuccess = 0, cudaErrorInvalidValue = 1, cudaErrorMemoryAllocation = 2, cudaErrorNoDevice = 100 };
enum { cudaErrorInvalidDevice = 101 };
enum { UNREGISTERED = 0, OF_HOST = 1, OF_DEVICE = 2 }; // cudaMemoryType

struct dim3 {
  unsigned x, y, z;
};

struct cudaDeviceProp {
  char name[256], uuid[16], luid[8];
  unsigned luidDeviceNodeMask;
  size_t totalGlobalMem, sharedMemPerBlock;
  int regsPerBlock, warpSize;
  size_t memPitch;
  int maxThreadsPerBlock, maxThreadsDim[3], maxGridSize[3];
  size_t totalConstMem;
  int major, minor;
  size_t textureAlignment, texturePitchAlignment;
  int multiProcessorCount, integrated, canMapHostMemory;
  int textures[38]; // from maxTexture1D to maxSurfaceCubemapLayered
  size_t surfaceAlignment;
  int concurrentKernels, ECCEnabled, pciBusID, pciDeviceID, pciDomainID, tccDriver, asyncEngineCount, unifiedAddressing;
  int memoryBusWidth, l2CacheSize, persistingL2CacheMaxSize, maxThreadsPerMultiProcessor, streamPrioritiesSupported;
  int globalL1CacheSupported, localL1CacheSupported;
  size_t sharedMemPerMultiprocessor;
  int regsPerMultiprocessor, managedMemory, isMultiGpuBoard, multiGpuBoardGroupID, hostNativeAtomicSupported;
  int pageableMemoryAccess, concurrentManagedAccess, computePreemptionSupported, canUseHostPointerForRegisteredMem;
  int cooperativeLaunch;
  size_t sharedMemPerBlockOptin;
  int more[82]; // to the end; nothing of it is set
};

_Static_assert(sizeof(struct cudaDeviceProp) == 1008, "as in CUDA 13");

struct cudaPointerAttributes {
  int type, device;
  void *devicePointer, *hostPointer;
  long reserved[8];
};

struct cudaFuncAttributes {
  size_t sharedSizeBytes, constSizeBytes, localSizeBytes;
  int maxThreadsPerBlock, numRegs, ptxVersion, binaryVersion;
  int more[25];
};

static __thread cudaError_t last_error;
static __thread int current; // the index that CUDA uses, not the machine's

static cudaError_t noted(cudaError_t error) {
  if (error)
    last_error = error;
  return error;
}

static int here(void) { return visible_device(current); }

// ---- devices ----

cudaError_t cudaGetDeviceCount(int *count) {
  *count = visible_count();
  return *count ? cudaSuccess : noted(cudaErrorNoDevice);
}

cudaError_t cudaGetDevice(int *device) {
  *device = current;
  return cudaSuccess;
}

cudaError_t cudaSetDevice(int device) {
  count_runtime_call();
  if (visible_device(device) < 0)
    return noted(cudaErrorInvalidDevice);
  current = device;
  lock_machine();
  ensure_context(here());
  unlock_machine();
  return cudaSuccess;
}

cudaError_t cudaGetLastError(void) {
  cudaError_t error = last_error;
  last_error = cudaSuccess;
  return error;
}

cudaError_t cudaPeekAtLastError(void) { return last_error; }

cudaError_t cudaDriverGetVersion(int *version) {
  *version = 13020;
  return cudaSuccess;
}

cudaError_t cudaRuntimeGetVersion(int *version) {
  *version = 13000;
  return cudaSuccess;
}

cudaError_t cudaGetDeviceProperties(struct cudaDeviceProp *of, int device) {
  int number = visible_device(device);
  if (number < 0)
    return noted(cudaErrorInvalidDevice);
  *of = (struct cudaDeviceProp){.totalGlobalMem = the_machine()->devices[number].total_bytes,
                                .integrated = the_machine()->devices[number].integrated,
                                .tccDriver = the_machine()->devices[number].driver_model == MODEL_TCC,
                                .major = 8,
                                .minor = 9,
                                .multiProcessorCount = 24,
                                .warpSize = 32,
                                .maxThreadsPerBlock = 1024,
                                .maxThreadsPerMultiProcessor = 1536,
                                .maxThreadsDim = {1024, 1024, 64},
                                .maxGridSize = {2147483647, 65535, 65535},
                                .sharedMemPerBlock = 49152,
                                .sharedMemPerBlockOptin = 101376,
                                .sharedMemPerMultiprocessor = 102400,
                                .regsPerBlock = 65536,
                                .regsPerMultiprocessor = 65536,
                                .l2CacheSize = 25165824,
                                .textureAlignment = 512,
                                .unifiedAddressing = 1,
                                .concurrentKernels = 1,
                                .asyncEngineCount = 1,
                                .pciBusID = number + 1};
  strcpy(of->name, "Modelled GPU");
  memcpy(of->uuid, "modelled-gpu-000", 16);
  of->uuid[15] = (char)('0' + number); // as nvml.c writes it in hexadecimal
  return cudaSuccess;
}

cudaError_t cudaDeviceGetAttribute(int *value, int attribute, int device) {
  (void)device;
  switch (attribute) { // numbers of cudaDeviceAttr
  case 1:              // MaxThreadsPerBlock
    *value = 1024;
    break;
  case 8: // MaxSharedMemoryPerBlock
    *value = 49152;
    break;
  case 10: // WarpSize
    *value = 32;
    break;
  case 16: // MultiProcessorCount
    *value = 24;
    break;
  case 39: // MaxThreadsPerMultiProcessor
    *value = 1536;
    break;
  case 75: // ComputeCapabilityMajor
    *value = 8;
    break;
  case 76: // ComputeCapabilityMinor
    *value = 9;
    break;
  case 115: // MemoryPoolsSupported
    *value = 1;
    break;
  default:
    *value = 0;
  }
  return cudaSuccess;
}

cudaError_t cudaDeviceGetStreamPriorityRange(int *least, int *greatest) {
  *least = 0;
  *greatest = -5;
  return cudaSuccess;
}

cudaError_t cudaDeviceCanAccessPeer(int *can, int device, int peer) {
  (void)device, (void)peer;
  *can = 0;
  return cudaSuccess;
}

cudaError_t cudaDeviceGetPCIBusId(char *text, int length, int device) {
  snprintf(text, (size_t)length, "0000:%02x:00.0", visible_device(device) + 1);
  return cudaSuccess;
}

cudaError_t cudaDeviceSynchronize(void) {
  count_runtime_call();
  return cudaSuccess;
}

// ---- memory ----

cudaError_t cudaMemGetInfo(size_t *free_bytes, size_t *total_bytes) {
  count_runtime_call();
  if (here() < 0)
    return noted(cudaErrorNoDevice);
  lock_machine();
  ensure_context(here());
  the_machine()->devices[here()].looks++;
  let_events_happen(here());
  size_t used = used_bytes(here());
  *total_bytes = the_machine()->devices[here()].total_bytes;
  unlock_machine();
  *free_bytes = used > *total_bytes ? 0 : *total_bytes - used;
  return cudaSuccess;
}

cudaError_t cudaMalloc(void **address, size_t bytes) {
  count_runtime_call();
  *address = NULL;
  if (here() < 0)
    return noted(cudaErrorNoDevice);
  lock_machine();
  enum place place = request(here(), bytes);
  unlock_machine();
  if (place == NOWHERE || !(*address = reserve_addresses(bytes, 1)))
    return noted(cudaErrorMemoryAllocation);
  add_block((struct block){*address, bytes, here(), place, 0});
  return cudaSuccess;
}

cudaError_t cudaFree(void *address) {
  count_runtime_call();
  struct block block = address ? remove_block(address) : (struct block){0};
  if (!block.address)
    return address ? noted(cudaErrorInvalidValue) : cudaSuccess;
  munmap(block.address, block.bytes);
  lock_machine();
  give_back(block.device, block.bytes, block.place);
  unlock_machine();
  return cudaSuccess;
}

cudaError_t cudaHostAlloc(void **address, size_t bytes, unsigned flags) {
  (void)flags;
  count_runtime_call();
  if (posix_memalign(address, 4096, bytes ? bytes : 1))
    return noted(cudaErrorMemoryAllocation);
  add_block((struct block){*address, bytes, -1, NOWHERE, 0});
  lock_machine();
  this_process()->pinned_bytes += bytes;
  unlock_machine();
  return cudaSuccess;
}

cudaError_t cudaFreeHost(void *address) {
  struct block block = remove_block(address);
  lock_machine();
  this_process()->pinned_bytes -= block.bytes;
  unlock_machine();
  free(address);
  return cudaSuccess;
}

cudaError_t cudaHostRegister(void *address, size_t bytes, unsigned flags) {
  (void)address, (void)bytes, (void)flags;
  return cudaSuccess;
}

cudaError_t cudaHostUnregister(void *address) {
  (void)address;
  return cudaSuccess;
}

cudaError_t cudaPointerGetAttributes(struct cudaPointerAttributes *of, const void *address) {
  *of = (struct cudaPointerAttributes){.type = UNREGISTERED, .device = current};
  struct block block = find_block(address);
  if (!block.address)
    return cudaSuccess;
  of->type = block.device < 0 ? OF_HOST : OF_DEVICE;
  of->devicePointer = (void *)address;
  for (int index = 0; index < visible_count(); index++)
    if (visible_device(index) == block.device)
      of->device = index;
  return cudaSuccess;
}

cudaError_t cudaMemcpy(void *to, const void *from, size_t bytes, int kind) {
  (void)kind;
  count_runtime_call();
  memmove(to, from, bytes);
  return cudaSuccess;
}

cudaError_t cudaMemcpyAsync(void *to, const void *from, size_t bytes, int kind, void *stream) {
  // While a stream captures, the copy is part of the graph, and right_numbers.py replays it.
  return is_capturing(stream) ? cudaSuccess : cudaMemcpy(to, from, bytes, kind);
}

cudaError_t cudaMemcpyPeerAsync(void *to, int to_device, const void *from, int from_device, size_t bytes, void *stream) {
  (void)to_device, (void)from_device;
  return cudaMemcpyAsync(to, from, bytes, 0, stream);
}

cudaError_t cudaMemcpy2DAsync(void *to, size_t to_pitch, const void *from, size_t from_pitch, size_t width, size_t height,
                              int kind, void *stream) {
  (void)kind, (void)stream;
  count_runtime_call();
  for (size_t row = 0; row < height; row++)
    memmove((char *)to + row * to_pitch, (const char *)from + row * from_pitch, width);
  return cudaSuccess;
}

cudaError_t cudaMemcpyToSymbol(const void *symbol, const void *from, size_t bytes, size_t offset, int kind) {
  (void)symbol, (void)from, (void)bytes, (void)offset, (void)kind;
  return cudaSuccess;
}

cudaError_t cudaMemset(void *address, int value, size_t bytes) {
  count_runtime_call();
  // Zeros over memory that was never touched would cost the host that memory; kernels do not read it anyway.
  memset(address, value, bytes);
  return cudaSuccess;
}

cudaError_t cudaMemsetAsync(void *address, int value, size_t bytes, void *stream) {
  return is_capturing(stream) ? cudaSuccess : cudaMemset(address, value, bytes);
}

// ---- the memory pool of cudaMallocAsync, one a device ----

enum { GROWTH_BYTES = 32 << 20 }; // by which a pool grows at least
enum { RESERVED_NOW = 5, RESERVED_HIGH = 6, USED_NOW = 7, USED_HIGH = 8 }; // cudaMemPoolAttr

static struct pool {
  uint64_t reserved, reserved_high, used, used_high, in_shared;
} pools[MOST_DEVICES];

cudaError_t cudaDeviceGetDefaultMemPool(void **pool, int device) {
  *pool = &pools[visible_device(device)];
  return cudaSuccess;
}

// What is reserved and not in use goes back, down to so many bytes; what spilled goes first.
static void trim(struct pool *pool, uint64_t keep) {
  uint64_t least = keep > pool->used ? keep : pool->used;
  uint64_t excess = pool->reserved > least ? pool->reserved - least : 0;
  uint64_t from_shared = excess < pool->in_shared ? excess : pool->in_shared;
  int device = (int)(pool - pools);
  if (from_shared)
    give_back(device, from_shared, SHARED);
  if (excess > from_shared)
    give_back(device, excess - from_shared, DEDICATED);
  pool->in_shared -= from_shared;
  pool->reserved -= excess;
}

static enum place grow(struct pool *pool, uint64_t bytes) {
  uint64_t more = bytes > GROWTH_BYTES ? bytes : GROWTH_BYTES;
  enum place place = request((int)(pool - pools), more);
  if (place == SHARED)
    pool->in_shared += more;
  if (place != NOWHERE)
    pool->reserved += more;
  if (pool->reserved > pool->reserved_high)
    pool->reserved_high = pool->reserved;
  return place;
}

cudaError_t cudaMallocAsync(void **address, size_t bytes, void *stream) {
  (void)stream;
  count_runtime_call();
  struct pool *pool = &pools[here()];
  uint64_t rounded = (bytes + 511) / 512 * 512;
  enum place place = DEDICATED;
  lock_machine();
  if (pool->used + rounded > pool->reserved)
    place = grow(pool, pool->used + rounded - pool->reserved);
  if (place != NOWHERE)
    pool->used += rounded;
  if (pool->used > pool->used_high)
    pool->used_high = pool->used;
  unlock_machine();
  if (place == NOWHERE || !(*address = reserve_addresses(rounded, 1)))
    return noted(cudaErrorMemoryAllocation);
  add_block((struct block){*address, rounded, here(), place, 1});
  return cudaSuccess;
}

cudaError_t cudaFreeAsync(void *address, void *stream) {
  (void)stream;
  count_runtime_call();
  struct block block = remove_block(address);
  if (!block.address)
    return noted(cudaErrorInvalidValue);
  munmap(block.address, block.bytes);
  pools[block.device].used -= block.bytes;
  return cudaSuccess;
}

cudaError_t cudaMemPoolTrimTo(void *pool, size_t keep) {
  count_runtime_call();
  lock_machine();
  trim(pool, keep);
  unlock_machine();
  return cudaSuccess;
}

cudaError_t cudaMemPoolGetAttribute(void *of, int attribute, uint64_t *value) {
  const struct pool *pool = of;
  switch (attribute) {
  case RESERVED_NOW:
    *value = pool->reserved;
    break;
  case RESERVED_HIGH:
    *value = pool->reserved_high;
    break;
  case USED_NOW:
    *value = pool->used;
    break;
  case USED_HIGH:
    *value = pool->used_high;
    break;
  default:
    *(int *)value = 0;
  }
  return cudaSuccess;
}

cudaError_t cudaMemPoolSetAttribute(void *of, int attribute, const uint64_t *value) {
  (void)value; // a high-water mark can only be set to zero, which means to what it is now
  struct pool *pool = of;
  if (attribute == RESERVED_HIGH)
    pool->reserved_high = pool->reserved;
  if (attribute == USED_HIGH)
    pool->used_high = pool->used;
  return cudaSuccess;
}

cudaError_t cudaMemPoolSetAccess(void *pool, const void *accesses, size_t count) {
  (void)pool, (void)accesses, (void)count;
  return cudaSuccess;
}

// Graphs do not allocate here: PyTorch's have pools of its own allocator.
cudaError_t cudaDeviceGetGraphMemAttribute(int device, int attribute, uint64_t *value) {
  (void)device, (void)attribute;
  *value = 0;
  return cudaSuccess;
}

cudaError_t cudaDeviceSetGraphMemAttribute(int device, int attribute, const void *value) {
  (void)device, (void)attribute, (void)value;
  return cudaSuccess;
}

// ---- streams and events: everything is done at once, so nothing has to be waited for ----

static uintptr_t next_handle = 0x1000;

static cudaError_t new_stream(void **stream) {
  *stream = (void *)__atomic_add_fetch(&next_handle, 16, __ATOMIC_RELAXED);
  return cudaSuccess;
}

cudaError_t cudaStreamCreate(void **stream) { return new_stream(stream); }

cudaError_t cudaStreamCreateWithFlags(void **stream, unsigned flags) {
  (void)flags;
  return new_stream(stream);
}

cudaError_t cudaStreamCreateWithPriority(void **stream, unsigned flags, int priority) {
  (void)flags, (void)priority;
  return new_stream(stream);
}

cudaError_t cudaStreamGetPriority(void *stream, int *priority) {
  (void)stream;
  *priority = 0;
  return cudaSuccess;
}

cudaError_t cudaStreamDestroy(void *stream) {
  (void)stream;
  return cudaSuccess;
}

cudaError_t cudaStreamQuery(void *stream) {
  (void)stream;
  count_runtime_call();
  return cudaSuccess;
}

cudaError_t cudaStreamSynchronize(void *stream) {
  (void)stream;
  count_runtime_call();
  return cudaSuccess;
}

cudaError_t cudaStreamAddCallback(void *stream, void (*callback)(void *, cudaError_t, void *), void *data, unsigned flags) {
  (void)flags;
  callback(stream, cudaSuccess, data);
  return cudaSuccess;
}

cudaError_t cudaLaunchHostFunc(void *stream, void (*function)(void *), void *data) {
  (void)stream;
  function(data);
  return cudaSuccess;
}

struct event_of_a_stream {
  struct timespec at;
  void *captured_on; // the stream, while it captures
};

cudaError_t cudaEventCreate(struct event_of_a_stream **event) {
  *event = calloc(1, sizeof **event);
  return *event ? cudaSuccess : noted(cudaErrorMemoryAllocation);
}

cudaError_t cudaEventCreateWithFlags(struct event_of_a_stream **event, unsigned flags) {
  (void)flags;
  return cudaEventCreate(event);
}

cudaError_t cudaEventDestroy(struct event_of_a_stream *event) {
  free(event);
  return cudaSuccess;
}

cudaError_t cudaEventRecord(struct event_of_a_stream *event, void *stream) {
  count_runtime_call();
  clock_gettime(CLOCK_MONOTONIC, &event->at);
  event->captured_on = is_capturing(stream) ? stream : NULL;
  return cudaSuccess;
}

cudaError_t cudaEventRecordWithFlags(struct event_of_a_stream *event, void *stream, unsigned flags) {
  (void)flags;
  return cudaEventRecord(event, stream);
}

cudaError_t cudaEventQuery(struct event_of_a_stream *event) {
  (void)event;
  count_runtime_call();
  return cudaSuccess;
}

cudaError_t cudaEventSynchronize(struct event_of_a_stream *event) {
  (void)event;
  count_runtime_call();
  return cudaSuccess;
}

cudaError_t cudaEventElapsedTime(float *ms, const struct event_of_a_stream *from, const struct event_of_a_stream *to) {
  *ms = (float)(to->at.tv_sec - from->at.tv_sec) * 1e3f + (float)(to->at.tv_nsec - from->at.tv_nsec) / 1e6f;
  return cudaSuccess;
}

cudaError_t cudaStreamWaitEvent(void *stream, const struct event_of_a_stream *event, unsigned flags) {
  (void)flags;
  count_runtime_call();
  if (event->captured_on)
    join_capture(stream, event->captured_on);
  return cudaSuccess;
}

// ---- kernels ----

// A context grows with the kernels that are loaded into it, each when it is launched for the first time.
static void load_kernel(const void *kernel, int device) {
  enum { ROOM = 4096 };
  static const void *loaded[ROOM][MOST_DEVICES];
  size_t slot = ((uintptr_t)kernel >> 4) % ROOM;
  while (loaded[slot][device] && loaded[slot][device] != kernel)
    slot = (slot + 1) % ROOM;
  if (loaded[slot][device] == kernel)
    return;
  loaded[slot][device] = kernel;
  take_outside(device, (int64_t)the_machine()->devices[device].kernel_bytes);
}

static cudaError_t launch(const void *kernel, void *stream) {
  count_runtime_call();
  int device = here();
  if (device < 0)
    return noted(cudaErrorNoDevice);
  lock_machine();
  ensure_context(device);
  the_machine()->devices[device].launches++;
  load_kernel(kernel, device);
  let_events_happen(device);
  unlock_machine();
  count_captured(stream);
  return cudaSuccess;
}

cudaError_t cudaLaunchKernel(const void *kernel, struct dim3 grid, struct dim3 block, void **arguments, size_t shared,
                             void *stream) {
  (void)grid, (void)block, (void)arguments, (void)shared;
  return launch(kernel, stream);
}

cudaError_t __cudaLaunchKernel(void *kernel, struct dim3 grid, struct dim3 block, void **arguments, size_t shared,
                               void *stream) {
  (void)grid, (void)block, (void)arguments, (void)shared;
  return launch(kernel, stream);
}

struct launch_config {
  struct dim3 grid, block;
  size_t shared;
  void *stream;
};

cudaError_t cudaLaunchKernelExC(const struct launch_config *config, const void *kernel, void **arguments) {
  (void)arguments;
  return launch(kernel, config->stream);
}

cudaError_t __cudaGetKernel(const void **kernel, const void *function) {
  *kernel = function;
  return cudaSuccess;
}

cudaError_t cudaFuncGetAttributes(struct cudaFuncAttributes *of, const void *function) {
  (void)function;
  *of = (struct cudaFuncAttributes){.maxThreadsPerBlock = 1024, .numRegs = 32, .ptxVersion = 89, .binaryVersion = 89};
  return cudaSuccess;
}

cudaError_t cudaFuncSetAttribute(const void *function, int attribute, int value) {
  (void)function, (void)attribute, (void)value;
  return cudaSuccess;
}

cudaError_t cudaOccupancyMaxActiveBlocksPerMultiprocessorWithFlags(int *blocks, const void *function, int threads,
                                                                   size_t shared, unsigned flags) {
  (void)function, (void)threads, (void)shared, (void)flags;
  *blocks = 1;
  return cudaSuccess;
}

// ---- the driver's functions, asked for by name ----

static int nothing(void) { return 0; }

cudaError_t cudaGetDriverEntryPointByVersion(const char *name, void **function, unsigned version,
                                             unsigned long long flags, int *status) {
  (void)version, (void)flags;
  *function = dlsym(RTLD_DEFAULT, name); // driver_api.c has those whose result is looked at
  if (!*function)
    *function = (void *)nothing;
  if (status)
    *status = 0; // found
  return cudaSuccess;
}

cudaError_t cudaGetDriverEntryPoint(const char *name, void **function, unsigned long long flags, int *status) {
  return cudaGetDriverEntryPointByVersion(name, function, 0, flags, status);
}
