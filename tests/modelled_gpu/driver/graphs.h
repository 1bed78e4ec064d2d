// CUDA graphs: which streams capture into which graph. What a graph does is noted and done again by right_numbers.py.
#ifndef MODELLED_GPU_GRAPHS_H
#define MODELLED_GPU_GRAPHS_H

int is_capturing(void *stream);
// A stream that waits for an event of a capturing stream captures too.
void join_capture(void *stream, void *origin);
void count_captured(void *stream);

#endif
