// libcuda: contexts, the virtual memory behind expandable_segments, and names that only have to be there. PyTorch asks
// for them by cudaGetDriverEntryPoint, and libcaffe2_nvrtc links them.
#include "blocks.h"
#include "machine.h"

#include <stdlib.h>
#include <sys/mman.h>

typedef int CUresult;
typedef uintptr_t CUdeviceptr;
enum { CUDA_SUCCESS = 0, CUDA_ERROR_INVALID_VALUE = 1, CUDA_ERROR_OUT_OF_MEMORY = 2 };

#define NOTHING(name)                                                                                                  \
  CUresult name(void) {                                                                                                \
    count_runtime_call();                                                                                              \
    return CUDA_SUCCESS;                                                                                               \
  }

CUresult cuInit(unsigned flags) {
  (void)flags;
  return the_machine() ? CUDA_SUCCESS : 100; // CUDA_ERROR_NO_DEVICE
}

CUresult cuDriverGetVersion(int *version) {
  *version = 13020;
  return CUDA_SUCCESS;
}

CUresult cuCtxGetCurrent(void **context) {
  *context = (void *)(intptr_t)0x55;
  return CUDA_SUCCESS;
}

CUresult cuDevicePrimaryCtxGetState(int device, unsigned *flags, int *active) {
  *flags = 0;
  lock_machine();
  *active = the_machine() && this_process()->outside_bytes[visible_device(device)] != 0;
  unlock_machine();
  return CUDA_SUCCESS;
}

CUresult cuGetErrorString(int error, const char **text) {
  *text = error == CUDA_ERROR_OUT_OF_MEMORY ? "out of memory" : "an error of the modelled driver";
  return CUDA_SUCCESS;
}

CUresult cuGetErrorName(int error, const char **text) {
  *text = error == CUDA_ERROR_OUT_OF_MEMORY ? "CUDA_ERROR_OUT_OF_MEMORY" : "CUDA_ERROR_MODELLED";
  return CUDA_SUCCESS;
}

CUresult cuDeviceGetAttribute(int *value, int attribute, int device) {
  (void)attribute, (void)device;
  *value = 0;
  return CUDA_SUCCESS;
}

// ---- virtual memory: addresses are reserved, memory is created, and the one is mapped at the other ----

struct physical {
  size_t bytes;
  int device;
  enum place place;
};

struct allocation_prop { // the beginning of CUmemAllocationProp
  int type, handle_types, location_type, location_id;
};

CUresult cuMemGetAllocationGranularity(size_t *bytes, const void *prop, int option) {
  (void)prop, (void)option;
  *bytes = 2 << 20;
  return CUDA_SUCCESS;
}

CUresult cuMemAddressReserve(CUdeviceptr *address, size_t bytes, size_t alignment, CUdeviceptr wanted,
                             unsigned long long flags) {
  (void)alignment, (void)wanted, (void)flags;
  count_runtime_call();
  *address = (CUdeviceptr)reserve_addresses(bytes, 0);
  return *address ? CUDA_SUCCESS : CUDA_ERROR_OUT_OF_MEMORY;
}

CUresult cuMemAddressFree(CUdeviceptr address, size_t bytes) {
  count_runtime_call();
  munmap((void *)address, bytes);
  return CUDA_SUCCESS;
}

CUresult cuMemCreate(struct physical **handle, size_t bytes, const struct allocation_prop *prop, unsigned long long flags) {
  (void)flags;
  count_runtime_call();
  int device = visible_device(prop->location_id);
  lock_machine();
  enum place place = request(device, bytes);
  unlock_machine();
  if (place == NOWHERE)
    return CUDA_ERROR_OUT_OF_MEMORY;
  *handle = malloc(sizeof **handle);
  **handle = (struct physical){bytes, device, place};
  return CUDA_SUCCESS;
}

CUresult cuMemRelease(struct physical *handle) {
  count_runtime_call();
  lock_machine();
  give_back(handle->device, handle->bytes, handle->place);
  unlock_machine();
  free(handle);
  return CUDA_SUCCESS;
}

CUresult cuMemMap(CUdeviceptr address, size_t bytes, size_t offset, const struct physical *handle,
                  unsigned long long flags) {
  (void)offset, (void)flags;
  count_runtime_call();
  if (mprotect((void *)address, bytes, PROT_READ | PROT_WRITE))
    return CUDA_ERROR_INVALID_VALUE;
  add_block((struct block){(void *)address, bytes, handle->device, handle->place, 0});
  return CUDA_SUCCESS;
}

CUresult cuMemUnmap(CUdeviceptr address, size_t bytes) {
  count_runtime_call();
  // One call may unmap several that lie side by side.
  for (CUdeviceptr at = address; at < address + bytes;) {
    struct block block = remove_block((void *)at);
    if (!block.address)
      break;
    at += block.bytes;
  }
  int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED;
  return mmap((void *)address, bytes, PROT_NONE, flags, -1, 0) == MAP_FAILED ? CUDA_ERROR_INVALID_VALUE : CUDA_SUCCESS;
}

NOTHING(cuMemSetAccess)

// ---- what only has to be there ----

NOTHING(cuCtxSetCurrent)
NOTHING(cuDeviceGet)
NOTHING(cuDevicePrimaryCtxRetain)
NOTHING(cuFuncGetAttribute)
NOTHING(cuFuncSetAttribute)
NOTHING(cuFuncSetCacheConfig)
NOTHING(cuLaunchCooperativeKernel)
NOTHING(cuLaunchKernel)
NOTHING(cuLinkAddData_v2)
NOTHING(cuLinkComplete)
NOTHING(cuLinkCreate_v2)
NOTHING(cuModuleGetFunction)
NOTHING(cuModuleLoad)
NOTHING(cuModuleLoadData)
NOTHING(cuModuleLoadDataEx)
NOTHING(cuModuleUnload)
NOTHING(cuOccupancyMaxActiveBlocksPerMultiprocessor)
NOTHING(cuPointerGetAttribute)
NOTHING(cuTensorMapEncodeTiled)
