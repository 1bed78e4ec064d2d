// NVML: dedicated memory, driver model and processes of the modelled machine. It knows nothing of shared memory.
#include "machine.h"

#include <stdio.h>
#include <string.h>

enum { SUCCESS = 0, INVALID_ARGUMENT = 2, NOT_SUPPORTED = 3, NOT_FOUND = 6, INSUFFICIENT_SIZE = 7, DRIVER_NOT_LOADED = 9 };

static const uint64_t NOT_AVAILABLE = UINT64_MAX;

// A handle is the device's number and one more, since NULL is no handle.
static int device_of(void *handle) {
  intptr_t number = (intptr_t)handle;
  return the_machine() && number >= 1 && number <= the_machine()->device_count ? (int)number - 1 : -1;
}

int nvmlInit_v2(void) {
  count_nvml_call();
  return the_machine() ? SUCCESS : DRIVER_NOT_LOADED;
}
int nvmlInit(void) { return nvmlInit_v2(); }
int nvmlInitWithFlags(unsigned flags) {
  (void)flags;
  return nvmlInit_v2();
}
int nvmlShutdown(void) { return SUCCESS; }
const char *nvmlErrorString(int error) { return error ? "an error of the modelled NVML" : "success"; }

int nvmlSystemGetDriverVersion(char *version, unsigned length) {
  snprintf(version, length, "580.00");
  return SUCCESS;
}

int nvmlSystemGetCudaDriverVersion_v2(int *version) {
  *version = 13020;
  return SUCCESS;
}

// No NVLink, no fabric.
int nvmlDeviceGetNvLinkRemoteDeviceType(void) { return NOT_SUPPORTED; }
int nvmlDeviceGetNvLinkRemotePciInfo_v2(void) { return NOT_SUPPORTED; }
int nvmlDeviceGetGpuFabricInfoV(void) { return NOT_SUPPORTED; }
int nvmlDeviceGetP2PStatus(void) { return NOT_SUPPORTED; }

int nvmlDeviceGetCount_v2(unsigned *count) {
  *count = the_machine() ? (unsigned)the_machine()->device_count : 0;
  return SUCCESS;
}

int nvmlDeviceGetHandleByIndex_v2(unsigned index, void **handle) {
  *handle = (void *)(intptr_t)(index + 1);
  return device_of(*handle) < 0 ? INVALID_ARGUMENT : SUCCESS;
}

static void write_uuid(int device, char *text, unsigned length) {
  snprintf(text, length, "GPU-6d6f6465-6c6c-6564-2d67-70752d30303%x", device);
}

int nvmlDeviceGetUUID(void *handle, char *text, unsigned length) {
  write_uuid(device_of(handle), text, length);
  return SUCCESS;
}

int nvmlDeviceGetHandleByUUID(const char *uuid, void **handle) {
  for (int device = 0; the_machine() && device < the_machine()->device_count; device++) {
    char own[64];
    write_uuid(device, own, sizeof own);
    if (the_machine()->devices[device].nvml_knows_uuid && !strcmp(own, uuid)) {
      *handle = (void *)(intptr_t)(device + 1);
      return SUCCESS;
    }
  }
  return NOT_FOUND;
}

// As cudaDeviceGetPCIBusId writes it; the domain has four digits there and eight elsewhere.
int nvmlDeviceGetHandleByPciBusId_v2(const char *bus, void **handle) {
  unsigned domain, number;
  if (sscanf(bus, "%x:%x", &domain, &number) != 2)
    return INVALID_ARGUMENT;
  *handle = (void *)(intptr_t)number;
  return device_of(*handle) < 0 ? NOT_FOUND : SUCCESS;
}

int nvmlDeviceGetName(void *handle, char *name, unsigned length) {
  (void)handle;
  snprintf(name, length, "Modelled GPU");
  return SUCCESS;
}

int nvmlDeviceGetMemoryInfo(void *handle, uint64_t *memory) {
  count_nvml_call();
  int device = device_of(handle);
  if (device < 0)
    return INVALID_ARGUMENT;
  lock_machine();
  uint64_t total = the_machine()->devices[device].total_bytes, used = really_used_bytes(device);
  unlock_machine();
  used = used > total ? total : used;
  memory[0] = total;
  memory[1] = total - used;
  memory[2] = used;
  return SUCCESS;
}

int nvmlDeviceGetDriverModel(void *handle, unsigned *current, unsigned *pending) {
  int device = device_of(handle);
  if (device < 0 || the_machine()->devices[device].driver_model == MODEL_NONE)
    return NOT_SUPPORTED; // Linux has no driver models
  *current = *pending = (unsigned)the_machine()->devices[device].driver_model;
  return SUCCESS;
}
int nvmlDeviceGetDriverModel_v2(void *handle, unsigned *current, unsigned *pending) {
  return nvmlDeviceGetDriverModel(handle, current, pending);
}

struct process_info {
  unsigned pid;
  uint64_t used_bytes;
  unsigned gpu_instance, compute_instance;
};

struct process_info_v1 {
  unsigned pid;
  uint64_t used_bytes;
};

int nvmlDeviceGetComputeRunningProcesses_v3(void *handle, unsigned *count, struct process_info *infos) {
  count_nvml_call();
  int device = device_of(handle);
  if (device < 0)
    return INVALID_ARGUMENT;
  struct machine *machine = the_machine();
  unsigned room = *count, found = 0;
  int hides = machine->devices[device].driver_model == MODEL_WDDM;
  lock_machine();
  for (int i = 0; i < MOST_PROCESSES; i++) {
    struct process *one = &machine->processes[i];
    uint64_t used = one->dedicated_bytes[device] + one->outside_bytes[device];
    if (!one->pid || !used)
      continue;
    if (found < room && infos)
      infos[found] = (struct process_info){(unsigned)one->pid, hides ? NOT_AVAILABLE : used, ~0u, ~0u};
    found++;
  }
  unlock_machine();
  *count = found;
  return found > room ? INSUFFICIENT_SIZE : SUCCESS;
}

// The first version, which PyTorch asks when it words an out-of-memory message.
int nvmlDeviceGetComputeRunningProcesses(void *handle, unsigned *count, struct process_info_v1 *infos) {
  struct process_info found[MOST_PROCESSES];
  unsigned room = *count, there = MOST_PROCESSES;
  int result = nvmlDeviceGetComputeRunningProcesses_v3(handle, &there, found);
  for (unsigned i = 0; result == SUCCESS && infos && i < there && i < room; i++)
    infos[i] = (struct process_info_v1){found[i].pid, found[i].used_bytes};
  *count = there;
  return result == SUCCESS && there > room ? INSUFFICIENT_SIZE : result;
}

int nvmlDeviceGetGraphicsRunningProcesses_v3(void *handle, unsigned *count, struct process_info *infos) {
  (void)handle, (void)infos;
  *count = 0;
  return SUCCESS;
}

int nvmlSystemGetProcessName(unsigned pid, char *name, unsigned length) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%u/comm", pid);
  FILE *file = fopen(path, "r");
  if (!file)
    return NOT_FOUND;
  if (!fgets(name, (int)length, file))
    name[0] = 0;
  fclose(file);
  name[strcspn(name, "\n")] = 0;
  return SUCCESS;
}
