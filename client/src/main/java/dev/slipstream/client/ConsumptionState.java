// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import java.time.Duration;

/**
 * What a consumption is doing, for health checks.
 *
 * @param phase DOWN without a connection, PULLING, FULL when enough waits for the handler, WAITING
 *     between retries, ENDED
 * @param outstandingPulls pulls at the server
 * @param askedMessages messages asked for that have not come
 * @param askedBytes bytes of these, at most
 * @param bufferedMessages messages that wait for the handler or are in it
 * @param bufferedBytes bytes of these
 * @param delivered messages that came
 * @param missedHeartbeats how often the server was silent for too long
 * @param silentFor time since anything came
 */
public record ConsumptionState(
    String phase,
    int outstandingPulls,
    int askedMessages,
    long askedBytes,
    int bufferedMessages,
    long bufferedBytes,
    long delivered,
    long missedHeartbeats,
    Duration silentFor) {

  static ConsumptionState of(PullState state, long nowNanos) {
    long last = state.lastInboundNanos();
    return new ConsumptionState(
        state.phase().name(),
        state.outstandingPulls(),
        state.askedMessages(),
        state.askedBytes(),
        state.bufferedMessages(),
        state.bufferedBytes(),
        state.delivered(),
        state.missedHeartbeats(),
        Duration.ofNanos(last == 0 ? 0 : nowNanos - last));
  }
}
