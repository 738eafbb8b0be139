// SPDX-License-Identifier: Apache-2.0
/** Ports to time and threads, and the few things every module needs; depends on the JDK only. */
module dev.slipstream.base {
  requires static org.jspecify;

  exports dev.slipstream.base;
}
