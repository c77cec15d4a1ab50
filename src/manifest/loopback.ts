const names = ['127.0.0.1', 'localhost', '[::1]'];

/** Whether a URL leads to this machine. */
export const isLoopback = (url: string): boolean => names.includes(new URL(url).hostname);
