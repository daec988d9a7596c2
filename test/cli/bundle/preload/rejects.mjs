// A rejection that nobody handles, while the command is at work.
const timer = setInterval(() => {
  if (process.listenerCount("unhandledRejection") === 0) return;
  clearInterval(timer);
  Promise.reject(new Error("rejected by the test"));
}, 20);
