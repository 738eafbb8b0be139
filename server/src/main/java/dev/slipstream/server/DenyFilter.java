// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server;

/**
 * Holds back messages on denied subjects from a wildcard subscription, which is wider than the
 * denial and therefore allowed. Immutable.
 */
record DenyFilter(SubjectSet denied) {

  boolean denies(byte[] bytes, int from, int to, byte[] queue) {
    return denied.names(bytes, from, to)
        && (denied.namesPlain(bytes, from, to)
            || (queue.length > 0 && denied.namesQueue(bytes, from, to, queue)));
  }
}
