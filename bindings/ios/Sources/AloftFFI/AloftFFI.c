// The generated header is the module; a target needs a source.
