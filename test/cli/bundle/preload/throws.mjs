// An error that nobody catches, while the command is at work.
const timer = setInterval(() => {
  if (process.listenerCount("uncaughtException") === 0) return;
  clearInterval(timer);
  throw new Error("thrown by the test");
}, 20);
