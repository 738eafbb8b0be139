// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

/** What the application has said about a message. */
public enum AckState {
  /** Nothing final: the server delivers it again after the consumer's ack wait. */
  PENDING,
  /** Done with it. */
  ACKED,
  /** To be delivered again. */
  NAKED,
  /** Never to be delivered again. */
  TERMED
}
