// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

/**
 * Where one fast batch stands: up to which of its messages it has come, which are stored, and when
 * its publisher hears next. One that publishes alone hears as seldom as it wants, up to every 500
 * messages; several share that, and begin with every message. Owner: the stream's loop. Source:
 * ADR-50.
 */
final class FastBatch {
  private static final int MOST_FLOW = 500;

  /** Parts that are looked at when nothing of the batch is under way. */
  final HeldPublishes deferred;

  private final boolean gapOk;
  private final int wantedFlow;
  private int flow;
  private long receivedSeq;
  private long storedSeq;
  private long toldSeq;
  private long streamSeq;
  private int underWay;
  private boolean committing;
  private boolean resuming;

  /**
   * A batch without messages.
   *
   * @param wantedFlow after how many messages its publisher wants to hear at the latest
   * @param alone whether it is the only one of its stream
   * @param room what its stream may hold of parts that cannot be looked at yet
   */
  FastBatch(boolean gapOk, int wantedFlow, boolean alone, HeldPublishes.Room room) {
    deferred = new HeldPublishes(room);
    this.gapOk = gapOk;
    this.wantedFlow = wantedFlow;
    flow = alone ? Math.min(MOST_FLOW, wantedFlow) : 1;
  }

  boolean gapOk() {
    return gapOk;
  }

  /** After how many messages its publisher hears. */
  int flow() {
    return flow;
  }

  /** The place in the batch of the message that should come next. */
  long next() {
    return receivedSeq + 1;
  }

  /** Up to which message its publisher has heard. */
  long toldSeq() {
    return toldSeq;
  }

  /** The sequence in the stream of the last message that was stored. */
  long streamSeq() {
    return streamSeq;
  }

  boolean isCommitting() {
    return committing;
  }

  /** Whether messages of it are on their way to the log. */
  boolean hasUnderWay() {
    return underWay > 0;
  }

  /** Whether parts that were deferred are being looked at. */
  boolean isResuming() {
    return resuming;
  }

  void resuming(boolean now) {
    resuming = now;
  }

  /** Nothing more is taken. */
  void commit() {
    committing = true;
  }

  /** Whether all that has come is stored. */
  boolean isStored() {
    return receivedSeq == storedSeq;
  }

  /** A message has come. */
  void received(long seq) {
    receivedSeq = seq;
  }

  /** The message that came last does not count. */
  void takeBack() {
    receivedSeq--;
    catchUp();
  }

  /** A message is on its way to the log. */
  void taken() {
    underWay++;
  }

  /** A message is stored. */
  void stored(long seq, long inStream) {
    underWay = Math.max(0, underWay - 1);
    streamSeq = inStream;
    storedSeq = seq;
    catchUp();
  }

  /** A message will never be stored, nor any behind it. */
  void dropped() {
    underWay = Math.max(0, underWay - 1);
  }

  /** Where nothing is under way, what has come without being stored was passed over. */
  void catchUp() {
    if (underWay == 0) {
      storedSeq = receivedSeq;
    }
  }

  /**
   * Whether the publisher is to hear now, up to {@link #toldSeq}; each time the flow comes nearer
   * to what {@code batches} open ones leave to each.
   */
  boolean isToldNow(int batches) {
    if (Long.compareUnsigned(storedSeq, toldSeq + flow) < 0) {
      return false;
    }
    toldSeq += Long.divideUnsigned(storedSeq - toldSeq, flow) * flow;
    int most = Math.min(wantedFlow, Math.max(1, MOST_FLOW / Math.max(1, batches)));
    flow = flow < most ? Math.min(most, flow * 2) : Math.max(most, flow / 2);
    return true;
  }
}
