// The gateway listens on every interface and has no option for it: here it listens on loopback only.
const net = require("net");
const listen = net.Server.prototype.listen;
net.Server.prototype.listen = function (...given) {
  const port = typeof given[0] === "object" && given[0] !== null ? given[0].port : given[0];
  const then = given.find((item) => typeof item === "function");
  return then ? listen.call(this, port, "127.0.0.1", then) : listen.call(this, port, "127.0.0.1");
};
