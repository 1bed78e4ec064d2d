// A list of blocks; there are some hundred at most, so it is searched from end to end.
#include "blocks.h"

#include <pthread.h>
#include <stdlib.h>

static struct block *blocks;
static size_t count, capacity;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

void add_block(struct block block) {
  pthread_mutex_lock(&mutex);
  if (count == capacity) {
    capacity = capacity ? 2 * capacity : 64;
    blocks = realloc(blocks, capacity * sizeof *blocks);
    if (!blocks)
      abort();
  }
  blocks[count++] = block;
  pthread_mutex_unlock(&mutex);
}

struct block find_block(const void *address) {
  struct block found = {0};
  const char *wanted = address;
  pthread_mutex_lock(&mutex);
  for (size_t i = 0; i < count; i++) {
    const char *start = blocks[i].address;
    if (start && wanted >= start && wanted < start + blocks[i].bytes) {
      found = blocks[i];
      break;
    }
  }
  pthread_mutex_unlock(&mutex);
  return found;
}

struct block remove_block(const void *address) {
  struct block found = {0};
  pthread_mutex_lock(&mutex);
  for (size_t i = 0; i < count; i++)
    if (blocks[i].address == address) {
      found = blocks[i];
      blocks[i] = blocks[--count];
      break;
    }
  pthread_mutex_unlock(&mutex);
  return found;
}
