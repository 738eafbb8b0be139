// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.bench;

import dev.slipstream.protocol.subject.Subject;
import dev.slipstream.protocol.wire.OutputBuffer;
import dev.slipstream.store.NewMessage;
import dev.slipstream.store.Store;
import dev.slipstream.store.StoredMessage;
import dev.slipstream.store.StreamStore;
import dev.slipstream.store.SubjectIndex;
import java.lang.ref.Reference;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.function.IntFunction;

/**
 * Measures what the distinct subjects of a stream cost: memory, appending, looking them up.
 *
 * <p>{@code SubjectFigures [SUBJECTS]}: a stream in memory with one empty message for each of so
 * many subjects {@code d.NUMBER.t} in random order. The memory is what that takes more than the
 * same messages of a single subject, without the bytes of the subjects themselves.
 */
public final class SubjectFigures {
  private static final int ROUNDS = 5;

  private SubjectFigures() {}

  /** Runs the benchmark. */
  public static void main(String[] args) {
    int subjects = args.length > 0 ? Integer.parseInt(args[0]) : 1_000_000;
    String[] names = names(subjects);
    fill(subjects, i -> names[i], "");
    measureMemory(subjects, names);
    StreamStore store = fill(subjects, i -> names[i], "append with a new subject");
    lookUp(store, "the first wildcard look-up", "nothing.*", 1);
    lookUp(store, "a literal subject", names[subjects / 2], ROUNDS);
    lookUp(store, "one subject by a.X.>", names[subjects / 2].replace(".t", ".>"), ROUNDS);
    lookUp(store, "all by a.>", "d.>", ROUNDS);
    lookUp(store, "all by a.*.c", "d.*.t", ROUNDS);
    lookUp(store, "none by a.*.c", "d.*.u", ROUNDS);
    StreamStore deep = fill(subjects, i -> "d." + i % 100 + "." + i, "");
    lookUp(deep, "one by a.*.c among 100 a.*", "d.*.7", ROUNDS);
  }

  private static String[] names(int subjects) {
    SplittableRandom random = new SplittableRandom(1);
    String[] names = new String[subjects];
    for (int i = 0; i < subjects; i++) {
      names[i] = "d." + (10_000_000_000L + i * 7_919L) + ".t";
    }
    for (int i = subjects - 1; i > 0; i--) {
      int other = random.nextInt(i + 1);
      String name = names[i];
      names[i] = names[other];
      names[other] = name;
    }
    return names;
  }

  private static void measureMemory(int subjects, String[] names) {
    long empty = usedBytes();
    StreamStore one = fill(subjects, i -> names[0], "");
    long withOne = usedBytes() - empty;
    Reference.reachabilityFence(one);
    one = null;
    empty = usedBytes();
    StreamStore many = fill(subjects, i -> names[i], "");
    long withMany = usedBytes() - empty;
    Reference.reachabilityFence(many);
    double each = (withMany - withOne) / (double) subjects - names[0].length();
    print("memory of a subject beyond its bytes", each, "B");
    many.subjects().forEachMatching(Subject.bytes("nothing.*"), id -> {});
    each = (usedBytes() - empty - withOne) / (double) subjects - names[0].length();
    Reference.reachabilityFence(many);
    print("the same once wildcards were looked up", each, "B");
  }

  private static long usedBytes() {
    for (int i = 0; i < 4; i++) {
      System.gc();
    }
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }

  private static StreamStore fill(int messages, IntFunction<String> subject, String what) {
    StreamStore store = Store.memoryStream();
    OutputBuffer out = new OutputBuffer(256);
    NewMessage message = new NewMessage();
    StoredMessage stored = new StoredMessage();
    long began = System.nanoTime();
    for (int i = 0; i < messages; i++) {
      byte[] name = subject.apply(i).getBytes(StandardCharsets.US_ASCII);
      message.subject(name, 0, name.length);
      store.append(stored.set(i + 1L, i + 1L, message, out));
    }
    if (!what.isEmpty()) {
      print(what, (System.nanoTime() - began) / (double) messages, "ns");
    }
    return store;
  }

  private static void lookUp(StreamStore store, String what, String filter, int rounds) {
    SubjectIndex subjects = store.subjects();
    byte[] bytes = Subject.bytes(filter);
    int[] found = new int[1];
    double best = Double.MAX_VALUE;
    for (int round = 0; round < rounds; round++) {
      found[0] = 0;
      long began = System.nanoTime();
      subjects.forEachMatching(bytes, id -> found[0]++);
      best = Math.min(best, (System.nanoTime() - began) / 1e3);
    }
    print(what + " (" + found[0] + " found)", best, "µs");
  }

  private static void print(String what, double figure, String unit) {
    System.out.println(String.format(Locale.ROOT, "%-44s %12.1f %s", what, figure, unit));
  }
}
