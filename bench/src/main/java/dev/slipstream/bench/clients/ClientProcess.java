// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.bench.clients;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.lang.reflect.InvocationTargetException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;

/**
 * A process that does with one client what its input says, a line for each piece of work, and
 * answers with a line {@code NANOS CPU_NANOS ALLOCATED_BYTES}: the time that passed, the processor
 * time of the whole process and what its threads allocated.
 */
public final class ClientProcess {
  private static final int PAYLOAD_BYTES = 128;

  private ClientProcess() {}

  /** Runs: {@code ours|jnats URL}. */
  public static void main(String[] arguments) throws Exception {
    BufferedReader work =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    try (MeasuredClient client =
        arguments[0].equals("ours") ? new OurClient(arguments[1]) : new JnatsClient(arguments[1])) {
      say("ready");
      for (String line = work.readLine(); line != null; line = work.readLine()) {
        say(measure(client, line.split(" ")));
      }
    }
    System.exit(0); // whatever the library left running
  }

  /** Answers the process that measures. */
  static void say(String line) {
    System.out.println(line);
    System.out.flush();
  }

  private static String measure(MeasuredClient client, String[] words) throws Exception {
    if (words[0].equals("resume")) {
      return resumeNanos(client, words[1], words[2], words[3]) + " 0 0";
    }
    long allocated = allocatedBytes();
    long cpu = cpuNanos();
    long began = System.nanoTime();
    work(client, words);
    long took = System.nanoTime() - began;
    return took + " " + (cpuNanos() - cpu) + " " + (allocatedBytes() - allocated);
  }

  /**
   * Consumes while the server is killed and started again, which who measures does at the word
   * {@code idle}; how long a message that is published then takes to the handler.
   */
  private static long resumeNanos(
      MeasuredClient client, String stream, String consumer, String subject) throws Exception {
    CountDownLatch handled = new CountDownLatch(1);
    client.handle(stream, consumer, handled::countDown);
    say("idle");
    client.awaitReconnect();
    long began = System.nanoTime();
    client.publishSync(subject, new byte[0], 1);
    MeasuredClient.await(handled);
    return System.nanoTime() - began;
  }

  private static void work(MeasuredClient client, String[] words) throws Exception {
    int messages = Integer.parseInt(words[1]);
    String stream = words[2];
    String name = words[3]; // of a subject or a consumer
    byte[] payload = new byte[PAYLOAD_BYTES];
    switch (words[0]) {
      case "publish-sync" -> client.publishSync(name, payload, messages);
      case "publish-async" -> client.publishAsync(name, payload, messages, 500);
      case "consume-ack" -> client.consume(stream, name, messages, true);
      case "consume" -> client.consume(stream, name, messages, false);
      case "fetch" -> client.fetch(stream, name, messages, 500);
      case "next" -> client.next(stream, name, messages);
      default -> throw new IOException("no such work: " + words[0]);
    }
  }

  private static long cpuNanos() {
    return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }

  /** What all threads have allocated; before JDK 21, those that still live. */
  private static long allocatedBytes() throws ReflectiveOperationException {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    try {
      return (long) ThreadMXBean.class.getMethod("getTotalThreadAllocatedBytes").invoke(threads);
    } catch (NoSuchMethodException older) {
      return Arrays.stream(threads.getThreadAllocatedBytes(threads.getAllThreadIds())).sum();
    } catch (InvocationTargetException e) {
      throw new IllegalStateException(e);
    }
  }
}
