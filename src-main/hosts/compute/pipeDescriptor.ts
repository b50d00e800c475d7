/** Where a compute process finds its end of the pipe to its host; 0 to 2 are its standard streams. */
export const pipeDescriptor = 3
