// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.wire;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Parses the operations of a connection from chunks of bytes that may be cut anywhere, and calls a
 * {@link ProtocolHandler} for each.
 *
 * <p>An operation that lies whole in the chunk is read in place; one that is cut is gathered in an
 * array of the parser's own, which never holds more than a control line or one message whose size
 * the handler has let pass. Nothing is allocated for an operation that is not cut.
 *
 * <p>Errors: {@link ProtocolException}, after which the parser must not be used again. Not
 * thread-safe; belongs to the loop of its connection. Source: NATS client protocol.
 */
public final class ProtocolParser {
  /** The longest argument list that the public server takes unless configured otherwise. */
  public static final int DEFAULT_MAX_CONTROL_LINE = 4096;

  private static final int MAX_SIZE_DIGITS = 9;
  private static final int MAX_TOKENS = 6;

  private final ProtocolHandler handler;
  private final int maxControlLine;
  private final MessageFrame frame = new MessageFrame();
  private final int[] starts = new int[MAX_TOKENS];
  private final int[] ends = new int[MAX_TOKENS];
  private final int[] subscription = new int[6];

  // an operation that is cut
  private byte[] partialLine = OutputBuffer.NO_BYTES;
  private int partialLineLength;
  private byte[] partialBody = OutputBuffer.NO_BYTES;
  private int partialBodyLength;

  // a message whose line was read and whose body is awaited
  private boolean inBody;
  private boolean frameLineKept;
  private Verb verb = Verb.PING;
  private int headersLength;
  private int totalLength;

  private boolean suspended;

  /** A parser for a connection whose control lines hold at most {@code maxControlLine} bytes. */
  public ProtocolParser(ProtocolHandler handler, int maxControlLine) {
    this.handler = handler;
    this.maxControlLine = maxControlLine;
  }

  /**
   * Parses {@code from..to} of {@code chunk}.
   *
   * @return the index of the first byte that was not consumed: {@code to}, unless {@link #suspend}
   *     was called during the call
   */
  public int parse(byte[] chunk, int from, int to) {
    int at = from;
    while (at < to && !suspended) {
      at = inBody ? body(chunk, at, to) : line(chunk, at, to);
    }
    if (inBody && !frameLineKept) {
      keepFrameLine();
    }
    return at;
  }

  /** Stops after the present operation; to be called by the handler. */
  public void suspend() {
    suspended = true;
  }

  /** Allows {@link #parse} to go on after {@link #suspend}. */
  public void resume() {
    suspended = false;
  }

  private int line(byte[] chunk, int from, int to) {
    int end = from;
    while (end < to && chunk[end] != '\n') {
      end++;
    }
    if (partialLineLength == 0 && end < to) {
      operation(chunk, from, end);
      return end + 1;
    }
    keepLine(chunk, from, end);
    if (end == to) {
      checkPartialLine();
      return to;
    }
    int length = partialLineLength;
    partialLineLength = 0;
    operation(partialLine, 0, length);
    return end + 1;
  }

  private void keepLine(byte[] chunk, int from, int end) {
    int length = partialLineLength + end - from;
    if (length > maxControlLine + Verb.LONGEST + 2) {
      Verb known = Verb.of(chunk, from, end);
      if (partialLineLength > 0) {
        known = Verb.of(partialLine, 0, partialLineLength);
      }
      if (known == Verb.PING || known == Verb.PONG) {
        return; // whatever follows is ignored, so it need not be kept
      }
      throw tooLong();
    }
    if (partialLine.length < length) {
      partialLine = Arrays.copyOf(partialLine, Math.max(length, 2 * partialLine.length));
    }
    System.arraycopy(chunk, from, partialLine, partialLineLength, end - from);
    partialLineLength = length;
  }

  private void checkPartialLine() {
    if (!Verb.canBegin(partialLine, partialLineLength)) {
      throw ProtocolException.unknownOperation("no operation begins like this");
    }
  }

  private void operation(byte[] bytes, int from, int lineFeed) {
    int end = lineFeed > from && bytes[lineFeed - 1] == '\r' ? lineFeed - 1 : lineFeed;
    Verb found = Verb.of(bytes, from, end);
    if (found == null) {
      throw ProtocolException.unknownOperation("no operation begins like this");
    }
    int arguments = from + found.length();
    if (found.needsBlank() && (arguments >= end || !isBlank(bytes[arguments]))) {
      throw ProtocolException.unknownOperation("a blank is missing after " + found);
    }
    while (arguments < end && isBlank(bytes[arguments])) {
      arguments++;
    }
    if (end - arguments > maxControlLine && found != Verb.PING && found != Verb.PONG) {
      throw tooLong();
    }
    switch (found) {
      case PUB, HPUB, MSG, HMSG -> message(found, bytes, arguments, end);
      case SUB -> subscribe(bytes, arguments, end);
      case UNSUB -> unsubscribe(bytes, arguments, end);
      case CONNECT -> handler.onConnect(bytes, arguments, end);
      case INFO -> handler.onInfo(bytes, arguments, end);
      case PING -> handler.onPing();
      case PONG -> handler.onPong();
      case OK -> handler.onOk();
      case ERR -> handler.onErr(unquoted(bytes, arguments, end));
    }
  }

  private void message(Verb found, byte[] bytes, int from, int end) {
    boolean withHeaders = found == Verb.HPUB || found == Verb.HMSG;
    boolean toSubscriber = found == Verb.MSG || found == Verb.HMSG;
    if (withHeaders && !handler.headersSupported()) {
      throw new ProtocolException(null, "headers are not supported here");
    }
    int fixed = 1 + (toSubscriber ? 1 : 0) + (withHeaders ? 2 : 1);
    int count = split(bytes, from, end);
    if (count != fixed && count != fixed + 1) {
      throw badArguments(found, bytes, from, end);
    }
    int size = number(bytes, count - 1);
    int headers = withHeaders ? number(bytes, count - 2) : 0;
    if (size < 0 || headers < 0 || headers > size) {
      throw badArguments(found, bytes, from, end);
    }
    handler.onMessageSize(size);
    frame.line = bytes;
    frame.subjectStart = starts[0];
    frame.subjectEnd = ends[0];
    frame.sidStart = toSubscriber ? starts[1] : 0;
    frame.sidEnd = toSubscriber ? ends[1] : 0;
    int reply = toSubscriber ? 2 : 1;
    boolean hasReply = count == fixed + 1;
    frame.replyStart = hasReply ? starts[reply] : 0;
    frame.replyEnd = hasReply ? ends[reply] : 0;
    verb = found;
    headersLength = headers;
    totalLength = size;
    partialBodyLength = 0;
    frameLineKept = false;
    inBody = true;
  }

  private int body(byte[] chunk, int from, int to) {
    int needed = totalLength + 2 - partialBodyLength;
    if (partialBodyLength == 0 && to - from >= needed) {
      inBody = false;
      deliver(chunk, from);
      return from + needed;
    }
    int taken = Math.min(needed, to - from);
    if (partialBody.length - partialBodyLength < taken) {
      int wanted = Math.max(partialBodyLength + taken, 2 * partialBody.length);
      partialBody = Arrays.copyOf(partialBody, Math.min(wanted, totalLength + 2));
    }
    System.arraycopy(chunk, from, partialBody, partialBodyLength, taken);
    partialBodyLength += taken;
    if (taken == needed) {
      inBody = false;
      partialBodyLength = 0;
      deliver(partialBody, 0);
      if (partialBody.length > 64 * 1024) {
        partialBody = OutputBuffer.NO_BYTES;
      }
    }
    return from + taken;
  }

  /** The line must outlive the chunk that it was read from. */
  private void keepFrameLine() {
    frameLineKept = true;
    int from = frame.subjectStart;
    int to = Math.max(Math.max(frame.subjectEnd, frame.replyEnd), frame.sidEnd);
    frame.line = Arrays.copyOfRange(frame.line, from, to);
    frame.subjectStart -= from;
    frame.subjectEnd -= from;
    if (frame.sidEnd > 0) {
      frame.sidStart -= from;
      frame.sidEnd -= from;
    }
    if (frame.replyEnd > 0) {
      frame.replyStart -= from;
      frame.replyEnd -= from;
    }
  }

  private void deliver(byte[] bytes, int from) {
    int end = from + totalLength;
    if (bytes[end] != '\r' || bytes[end + 1] != '\n') {
      throw ProtocolException.unknownOperation("a payload does not end where it should");
    }
    frame.body = bytes;
    frame.headersStart = from;
    frame.payloadStart = from + headersLength;
    frame.payloadEnd = end;
    if (verb == Verb.PUB || verb == Verb.HPUB) {
      handler.onPublish(frame);
    } else {
      handler.onMessage(frame);
    }
  }

  private void subscribe(byte[] bytes, int from, int end) {
    int count = split(bytes, from, end);
    if (count != 2 && count != 3) {
      throw badArguments(Verb.SUB, bytes, from, end);
    }
    subscription[0] = starts[0];
    subscription[1] = ends[0];
    subscription[2] = count == 3 ? starts[1] : 0;
    subscription[3] = count == 3 ? ends[1] : 0;
    subscription[4] = starts[count - 1];
    subscription[5] = ends[count - 1];
    handler.onSubscribe(bytes, subscription);
  }

  private void unsubscribe(byte[] bytes, int from, int end) {
    int count = split(bytes, from, end);
    if (count != 1 && count != 2) {
      throw badArguments(Verb.UNSUB, bytes, from, end);
    }
    // a maximum that is no number counts as none, as in the public server
    int max = count == 2 ? Math.max(0, number(bytes, 1)) : 0;
    handler.onUnsubscribe(bytes, starts[0], ends[0], max);
  }

  /** Splits at runs of blanks; answers how many tokens there are, more than fit as one more. */
  private int split(byte[] bytes, int from, int end) {
    int count = 0;
    int at = from;
    while (at < end) {
      while (at < end && isBlank(bytes[at])) {
        at++;
      }
      if (at == end) {
        break;
      }
      if (count == MAX_TOKENS) {
        return MAX_TOKENS + 1;
      }
      starts[count] = at;
      while (at < end && !isBlank(bytes[at])) {
        at++;
      }
      ends[count++] = at;
    }
    return count;
  }

  private int number(byte[] bytes, int token) {
    int length = ends[token] - starts[token];
    if (length == 0 || length > MAX_SIZE_DIGITS) {
      return -1;
    }
    int value = 0;
    for (int i = starts[token]; i < ends[token]; i++) {
      int digit = bytes[i] - '0';
      if (digit < 0 || digit > 9) {
        return -1;
      }
      value = value * 10 + digit;
    }
    return value;
  }

  private static boolean isBlank(byte value) {
    return value == ' ' || value == '\t';
  }

  private static String unquoted(byte[] bytes, int from, int end) {
    String text = new String(bytes, from, end - from, StandardCharsets.UTF_8).strip();
    boolean quoted = text.length() >= 2 && text.startsWith("'") && text.endsWith("'");
    return quoted ? text.substring(1, text.length() - 1) : text;
  }

  private static ProtocolException tooLong() {
    return new ProtocolException("maximum control line exceeded", "a control line is too long");
  }

  private static ProtocolException badArguments(Verb verb, byte[] bytes, int from, int end) {
    int shown = Math.min(end, from + 64);
    String text = new String(bytes, from, shown - from, StandardCharsets.UTF_8);
    return new ProtocolException(null, "bad arguments of " + verb + ": '" + text + "'");
  }
}
