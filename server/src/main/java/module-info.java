// SPDX-License-Identifier: Apache-2.0
/** The server: connections, routing, accounts, configuration, embedded API. */
module dev.slipstream.server {
  requires transitive dev.slipstream.base;
  requires transitive dev.slipstream.protocol;
  requires dev.slipstream.engine;
  requires transitive dev.slipstream.store;
  requires bcrypt;
  requires io.netty.buffer;
  requires io.netty.common;
  requires io.netty.transport;
  requires io.netty.transport.classes.epoll;
  requires java.management;
  requires jdk.jfr;
  requires org.slf4j;
  requires static org.jspecify;

  exports dev.slipstream.server;
  exports dev.slipstream.server.config;
}
