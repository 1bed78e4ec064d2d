// CUDA graphs: capture, instantiation and launch. A graph here is a number; Python notes the operations that are called
// while it is captured, and is called back to do them again when it is launched.
#include "graphs.h"
#include "machine.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_STREAMS = 32, NONE = 0, ACTIVE = 1, UNMATCHED = 903 }; // cudaStreamCaptureStatus, cudaErrorStreamCaptureUnmatched

static struct {
  void *stream, *origin;
  int64_t graph; // 0: this place is free
} captures[MOST_STREAMS];

static int64_t last_graph;
static size_t captured_launches; // of the graph that is being captured
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static void (*when_launched)(int64_t), (*when_destroyed)(int64_t);

// The default stream is NULL, so a place is taken when it has a graph.
static int64_t graph_of(void *stream) {
  int64_t graph = 0;
  pthread_mutex_lock(&mutex);
  for (int i = 0; i < MOST_STREAMS; i++)
    if (captures[i].graph && captures[i].stream == stream)
      graph = captures[i].graph;
  pthread_mutex_unlock(&mutex);
  return graph;
}

int is_capturing(void *stream) { return graph_of(stream) != 0; }

static void capture(void *stream, void *origin, int64_t graph) {
  pthread_mutex_lock(&mutex);
  int i = 0;
  while (i < MOST_STREAMS && captures[i].graph)
    i++;
  if (i == MOST_STREAMS)
    abort(); // more streams than the model has room for
  captures[i].stream = stream;
  captures[i].origin = origin;
  captures[i].graph = graph;
  pthread_mutex_unlock(&mutex);
}

void join_capture(void *stream, void *origin) {
  int64_t graph = graph_of(origin);
  if (graph && !graph_of(stream))
    capture(stream, origin, graph);
}

void count_captured(void *stream) { captured_launches += is_capturing(stream) != 0; }

// For Python: the graph that is being captured on any stream, 0 for none.
int64_t modelled_gpu_captured_graph(void) {
  int64_t graph = 0;
  pthread_mutex_lock(&mutex);
  for (int i = 0; i < MOST_STREAMS; i++)
    graph = captures[i].graph ? captures[i].graph : graph;
  pthread_mutex_unlock(&mutex);
  return graph;
}

// For Python: what to call when a graph is launched, and when it will not be launched any more.
void modelled_gpu_call_back(void (*launched)(int64_t), void (*destroyed)(int64_t)) {
  when_launched = launched;
  when_destroyed = destroyed;
}

int cudaStreamBeginCapture(void *stream, int mode) {
  (void)mode;
  count_runtime_call();
  captured_launches = 0;
  capture(stream, stream, ++last_graph);
  return 0;
}

int cudaStreamEndCapture(void *stream, void **graph) {
  count_runtime_call();
  int64_t number = graph_of(stream);
  *graph = (void *)(intptr_t)number;
  pthread_mutex_lock(&mutex);
  for (int i = 0; i < MOST_STREAMS; i++)
    if (captures[i].graph == number)
      memset(&captures[i], 0, sizeof captures[i]);
  pthread_mutex_unlock(&mutex);
  return number ? 0 : UNMATCHED;
}

int cudaStreamIsCapturing(void *stream, int *status) {
  *status = is_capturing(stream) ? ACTIVE : NONE;
  return 0;
}

int cudaStreamGetCaptureInfo(void *stream, int *status, unsigned long long *id, void **graph, const void **dependencies,
                             const void **edges, size_t *count) {
  int64_t number = graph_of(stream);
  *status = number ? ACTIVE : NONE;
  if (id)
    *id = (unsigned long long)number;
  if (graph)
    *graph = (void *)(intptr_t)number;
  if (dependencies)
    *dependencies = NULL;
  if (edges)
    *edges = NULL;
  if (count)
    *count = 0;
  return 0;
}

int cudaThreadExchangeStreamCaptureMode(int *mode) {
  static __thread int held;
  int before = held;
  held = *mode;
  *mode = before;
  return 0;
}

int cudaGraphGetNodes(void *graph, void **nodes, size_t *count) {
  (void)graph, (void)nodes; // only asked for their number, to warn of an empty graph
  *count = captured_launches;
  return 0;
}

// An instantiated graph bears the number of its template, and takes memory that no allocator knows of.
int cudaGraphInstantiateWithFlags(void **executable, void *graph, unsigned long long flags) {
  (void)flags;
  count_runtime_call();
  *executable = graph;
  lock_machine();
  int device = visible_device(0);
  take_outside(device, (int64_t)the_machine()->devices[device].graph_bytes);
  unlock_machine();
  return 0;
}

int cudaGraphInstantiate(void **executable, void *graph, unsigned long long flags) {
  return cudaGraphInstantiateWithFlags(executable, graph, flags);
}

int cudaGraphLaunch(void *executable, void *stream) {
  (void)stream;
  count_runtime_call();
  if (when_launched)
    when_launched((int64_t)(intptr_t)executable);
  return 0;
}

int cudaGraphDestroy(void *graph) {
  (void)graph; // the instantiated one lives on
  return 0;
}

int cudaGraphExecDestroy(void *executable) {
  if (when_destroyed)
    when_destroyed((int64_t)(intptr_t)executable);
  return 0;
}

int cudaGraphRetainUserObject(void *graph, void *object, unsigned count, unsigned flags) {
  (void)graph, (void)object, (void)count, (void)flags;
  return 0;
}

int cudaUserObjectCreate(void **object, void *data, void (*destroy)(void *), unsigned references, unsigned flags) {
  (void)data, (void)destroy, (void)references, (void)flags; // lives as long as the process
  *object = (void *)(intptr_t)1;
  return 0;
}

int cudaUserObjectRelease(void *object, unsigned count) {
  (void)object, (void)count;
  return 0;
}
