// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.bench;

import dev.slipstream.protocol.wire.MessageFrame;
import dev.slipstream.protocol.wire.ProtocolHandler;
import dev.slipstream.protocol.wire.ProtocolParser;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Nanoseconds a PUB with reply and 128 bytes costs the parser, whole chunks of 64 KiB. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ParserBenchmark {
  private static final int MESSAGES = 400;

  private final byte[] chunk = chunk();
  private final Counter counter = new Counter();
  private final ProtocolParser parser =
      new ProtocolParser(counter, ProtocolParser.DEFAULT_MAX_CONTROL_LINE);

  private static byte[] chunk() {
    String message = "PUB orders.new _INBOX.abcdefghijklmnopqrstuv.1234 128\r\n";
    return (message + "x".repeat(128) + "\r\n")
        .repeat(MESSAGES)
        .getBytes(StandardCharsets.US_ASCII);
  }

  /** Parses the chunk. */
  @Benchmark
  @OperationsPerInvocation(MESSAGES)
  public long publish() {
    parser.parse(chunk, 0, chunk.length);
    return counter.bytes;
  }

  private static final class Counter implements ProtocolHandler {
    private long bytes;

    @Override
    public void onPublish(MessageFrame frame) {
      bytes += frame.payloadLength();
    }

    @Override
    public void onPing() {}

    @Override
    public void onPong() {}

    @Override
    public void onOk() {}

    @Override
    public void onErr(String text) {}
  }
}
