// SPDX-License-Identifier: Apache-2.0
/** The durable message log: write-ahead log, segments, subject index, recovery. */
module dev.slipstream.store {
  requires transitive dev.slipstream.base;
  requires transitive dev.slipstream.protocol;
  requires org.xerial.snappy;
  requires static org.jspecify;

  exports dev.slipstream.store;
}
