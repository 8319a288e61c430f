'use strict';

// Descriptors that a thread's program opens by number are closed when the thread ends, unless it did so itself.

const { own, disown } = internalBinding('worker');

function opened(fd) {
  if (!own(fd)) process.emitWarning(`File descriptor ${fd} opened in unmanaged mode twice`);
  return fd;
}

function closed(fd) {
  if (Number.isInteger(fd) && !disown(fd)) process.emitWarning(`File descriptor ${fd} closed but not opened in unmanaged mode`);
}

function wrap(fs, name, wrapper) {
  Object.defineProperty(wrapper, 'name', { value: name, configurable: true });
  fs[name] = wrapper;
}

function track(fs) {
  const { open, openSync, close, closeSync } = fs;
  wrap(fs, 'openSync', (path, flags, mode) => opened(openSync(path, flags, mode)));
  wrap(fs, 'open', (...args) => {
    const callback = args.at(-1);
    if (typeof callback !== 'function') return open(...args);
    args[args.length - 1] = (error, fd) => callback(error, error == null ? opened(fd) : fd);
    return open(...args);
  });
  wrap(fs, 'closeSync', (fd) => {
    closed(fd);
    return closeSync(fd);
  });
  wrap(fs, 'close', (fd, ...rest) => {
    closed(fd);
    return close(fd, ...rest);
  });
}

module.exports = { track };
