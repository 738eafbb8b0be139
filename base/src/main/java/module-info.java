// SPDX-License-Identifier: Apache-2.0
/** Ports to time and threads, and the few things every module needs; depends on the JDK only. */
module dev.slipstream.base {
  requires jdk.unsupported; // com.sun.nio.file: reads past the system's cache
  requires static org.jspecify;

  exports dev.slipstream.base;
}
