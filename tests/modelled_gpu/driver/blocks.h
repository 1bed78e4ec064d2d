// The blocks of device memory that this process holds, and the addresses at which they lie.
#ifndef MODELLED_GPU_BLOCKS_H
#define MODELLED_GPU_BLOCKS_H

#include "machine.h"

struct block {
  void *address; // NULL for memory that is not mapped anywhere yet
  size_t bytes;
  int device; // -1: pinned memory of the host
  enum place place;
  int pooled; // taken from the device's memory pool
};

void add_block(struct block block);
// The block that holds an address, {0} where there is none.
struct block find_block(const void *address);
// The block that begins at an address, taken off the list; {0} where there is none.
struct block remove_block(const void *address);

#endif
