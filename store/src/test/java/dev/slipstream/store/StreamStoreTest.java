// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipstream.base.Invariant;
import dev.slipstream.protocol.subject.Subject;
import dev.slipstream.testkit.Seeds;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class StreamStoreTest {
  private static final String[] SUBJECTS = {"a", "a.b", "a.c", "b.a", "b.b.c", "c", "d.e", "d.f"};

  @Test
  void neverUsedStreamIsEmptyAtZero() {
    StreamStore store = Store.memoryStream();
    assertThat(store.firstSeq()).isZero();
    assertThat(store.lastSeq()).isZero();
    assertThat(store.firstEpochNanos()).isZero();
    assertThat(store.read(1, new StoredMessage())).isEqualTo(StreamStore.Read.ABSENT);
    assertThat(store.next(0)).isZero();
    assertThat(store.previous(Long.MAX_VALUE, any -> true)).isZero();
    assertThat(store.removeThrough(10)).isZero();
  }

  @Test
  void emptiedStreamBeginsBehindItsLastSequenceAndKeepsItsLastTime() {
    StreamStore store = Store.memoryStream();
    store.advance(99);
    assertThat(store.firstSeq()).isEqualTo(100);
    append(store, Messages.message(100, 5, "a", "", "x"));
    assertThat(store.remove(100)).isTrue();
    assertThat(store.remove(100)).isFalse();
    assertThat(store.firstSeq()).isEqualTo(101);
    assertThat(store.lastSeq()).isEqualTo(100);
    assertThat(store.lastEpochNanos()).isEqualTo(5);
    assertThat(store.firstEpochNanos()).isZero();
    assertThat(store.deletedCount()).isZero();
    assertThat(store.subjects().size()).isZero();
  }

  @Test
  void sequenceThatDoesNotGrowIsRefused() {
    StreamStore store = Store.memoryStream();
    append(store, Messages.message(7, 5, "a", "", "x"));
    assertThatThrownBy(() -> append(store, Messages.message(7, 5, "a", "", "x")))
        .isInstanceOf(Invariant.Violation.class);
  }

  @Test
  void messageLargerThanABlockIsStored() {
    StreamStore store = Store.memoryStream();
    append(store, Messages.message(1, 5, "a", "", "small"));
    append(store, Messages.message(2, 6, "a", "", "x".repeat(1 << 20)));
    append(store, Messages.message(3, 7, "a", "", "small again"));
    StoredMessage view = new StoredMessage();
    assertThat(store.read(2, view)).isEqualTo(StreamStore.Read.FOUND);
    assertThat(view.payloadTo - view.payloadFrom).isEqualTo(1 << 20);
    assertThat(store.read(3, view)).isEqualTo(StreamStore.Read.FOUND);
    assertThat(Messages.of(view).payload()).asString().isEqualTo("small again");
  }

  @Test
  void viewOutlivesTheRemovalOfItsMessage() {
    StreamStore store = Store.memoryStream();
    PlainStream.Message message = Messages.message(1, 5, "a", "", "payload");
    append(store, message);
    StoredMessage view = new StoredMessage();
    store.read(1, view);
    store.removeThrough(1);
    append(store, Messages.message(2, 5, "a", "", "another"));
    assertThat(Messages.of(view)).isEqualTo(message);
  }

  @Test
  void idOfASubjectWithoutMessagesMayGoToAnotherSubject() {
    StreamStore store = Store.memoryStream();
    append(store, Messages.message(1, 5, "a", "", "x"));
    store.remove(1);
    assertThat(store.subjects().idOf(Subject.bytes("a"), 0, 1)).isEqualTo(-1);
    int before = store.subjects().reassigned();
    append(store, Messages.message(2, 5, "b", "", "x"));
    assertThat(store.subjects().reassigned()).isEqualTo(before + 1);
    assertThat(store.subjects().idBound()).isEqualTo(1);
  }

  @Test
  void answersLikeAPlainModelWhateverIsDone() {
    Seeds.forEach(
        2_000,
        (seed, random) -> {
          boolean file = random.nextBoolean();
          int blockBytes = 64 << random.nextInt(8);
          StreamStore store = new StreamStore(blockBytes, file ? new KeepAll() : null);
          PlainStream model = new PlainStream();
          int steps = 20 + random.nextInt(200);
          for (int step = 0; step < steps; step++) {
            change(store, model, random);
            if (random.nextInt(8) == 0) {
              compare(store, model, file, random);
            }
          }
          compare(store, model, file, random);
        });
  }

  private static void change(StreamStore store, PlainStream model, RandomGenerator random) {
    long any = random.nextLong(Math.max(1, model.firstSeq() - 2), model.lastSeq + 4);
    switch (random.nextInt(20)) {
      case 0 -> assertThat(store.removeThrough(any)).isEqualTo(model.removeThrough(any));
      case 1 -> {
        long to = model.lastSeq + random.nextInt(5);
        store.advance(to);
        model.advance(to);
      }
      case 2, 3, 4, 5 -> assertThat(store.remove(any)).isEqualTo(model.remove(any));
      case 6 -> expire(store, model, random);
      case 7 -> {
        long first = model.firstSeq();
        assertThat(store.remove(first)).isEqualTo(model.remove(first));
      }
      default -> {
        long seq = model.lastSeq + (random.nextInt(15) == 0 ? 1 + random.nextInt(100) : 1);
        long time = model.lastEpochNanos + random.nextInt(3);
        PlainStream.Message message = Messages.random(seq, time, SUBJECTS, random);
        model.append(message);
        append(store, message);
      }
    }
  }

  private static void expire(StreamStore store, PlainStream model, RandomGenerator random) {
    long now = model.lastEpochNanos + random.nextInt(7) * 1_000_000_000L;
    List<Long> due =
        model.messages.values().stream()
            .filter(message -> expiryNanos(message) <= now)
            .map(PlainStream.Message::seq)
            .toList();
    int most = 1 + random.nextInt(8);
    List<Long> found = store.expiry().due(now, most);
    assertThat(found).hasSize(Math.min(most, due.size())).isSubsetOf(due).doesNotHaveDuplicates();
    for (long seq : found) {
      assertThat(store.remove(seq)).isEqualTo(model.remove(seq));
    }
  }

  private static long expiryNanos(PlainStream.Message message) {
    int ttlSeconds = Messages.ttlSeconds(message);
    return ttlSeconds > 0 ? message.epochNanos() + ttlSeconds * 1_000_000_000L : Long.MAX_VALUE;
  }

  static void append(StreamStore store, PlainStream.Message message) {
    store.append(Messages.stored(message));
  }

  /** Reads a message, waiting where that is needed. */
  interface Reader {
    StreamStore.Read read(long seq, StoredMessage into);
  }

  static void compare(StreamStore store, PlainStream model, boolean file, RandomGenerator random) {
    compare(store, model, file, random, store::read);
  }

  /** Holds every answer of {@code store} against the model's. */
  static void compare(
      StreamStore store, PlainStream model, boolean file, RandomGenerator random, Reader reader) {
    compareTotals(store, model, file);
    StoredMessage view = new StoredMessage();
    for (long seq = Math.max(0, model.firstSeq() - 2); seq <= model.lastSeq + 2; seq++) {
      PlainStream.Message message = model.messages.get(seq);
      Long next = model.messages.ceilingKey(seq);
      check(store.has(seq) == (message != null), "has", seq);
      check(store.next(seq) == (next == null ? 0 : next), "next", seq);
      if (message == null) {
        check(reader.read(seq, view) == StreamStore.Read.ABSENT, "read of none", seq);
        check(store.subjectId(seq) == -1, "subject of none", seq);
      } else {
        assertThat(reader.read(seq, view)).isEqualTo(StreamStore.Read.FOUND);
        check(Messages.of(view).equals(message), "content", seq);
        check(store.epochNanos(seq) == message.epochNanos(), "time", seq);
        check(store.size(seq) == message.size(file), "size", seq);
        byte[] subject = store.subjects().subject(store.subjectId(seq));
        check(Arrays.equals(subject, Subject.bytes(message.subject())), "subject", seq);
      }
    }
    for (int i = 0; i < 5; i++) {
      compareSearch(store, model, random);
    }
    compareSubjects(store, model);
  }

  /** As an assertion, and cheap enough for millions. */
  private static void check(boolean holds, String what, long seq) {
    if (!holds) {
      throw new AssertionError(what + " of sequence " + seq + " is not the model's");
    }
  }

  private static void compareTotals(StreamStore store, PlainStream model, boolean file) {
    assertThat(store.messages()).isEqualTo(model.messages.size());
    assertThat(store.bytes()).isEqualTo(model.bytes(file));
    assertThat(store.firstSeq()).isEqualTo(model.firstSeq());
    assertThat(store.lastSeq()).isEqualTo(model.lastSeq);
    assertThat(store.lastEpochNanos()).isEqualTo(model.lastEpochNanos);
    boolean empty = model.messages.isEmpty();
    assertThat(store.firstEpochNanos())
        .isEqualTo(empty ? 0 : model.messages.firstEntry().getValue().epochNanos());
    List<Long> deleted = new ArrayList<>();
    for (long seq = model.firstSeq(); seq <= model.lastSeq && !empty; seq++) {
      if (!model.messages.containsKey(seq)) {
        deleted.add(seq);
      }
    }
    List<Long> absent = new ArrayList<>();
    for (long seq = store.firstSeq(); seq <= store.lastSeq() && store.messages() > 0; seq++) {
      if (!store.has(seq)) {
        absent.add(seq);
      }
    }
    assertThat(absent).isEqualTo(deleted);
    assertThat(store.deletedCount()).isEqualTo(deleted.size());
    compareLimits(store, model);
  }

  private static void compareLimits(StreamStore store, PlainStream model) {
    long never = model.messages.values().stream().filter(m -> Messages.ttlSeconds(m) < 0).count();
    assertThat(store.expiry().neverTooOld()).isEqualTo(never);
    long next =
        model.messages.values().stream()
            .mapToLong(StreamStoreTest::expiryNanos)
            .min()
            .orElse(Long.MAX_VALUE);
    assertThat(store.expiry().nextNanos()).isLessThanOrEqualTo(next);
    assertThat(store.nextAgeing(0)).isEqualTo(model.next(0, m -> Messages.ttlSeconds(m) >= 0));
  }

  private static void compareSearch(StreamStore store, PlainStream model, RandomGenerator random) {
    long from = random.nextLong(Math.max(1, model.firstSeq() - 2), model.lastSeq + 4);
    String subject = SUBJECTS[random.nextInt(SUBJECTS.length)];
    byte[] name = Subject.bytes(subject);
    int id = store.subjects().idOf(name, 0, name.length);
    assertThat(store.next(from, other -> other == id))
        .isEqualTo(model.next(from, m -> m.subject().equals(subject)));
    assertThat(store.previous(from, other -> other == id))
        .isEqualTo(model.previous(from, m -> m.subject().equals(subject)));
    assertThat(store.previous(from, any -> true)).isEqualTo(model.previous(from, any -> true));
    PlainStream.Message message = model.messages.get(from);
    if (message != null) {
      assertThat(store.ofSubjects().next(from))
          .isEqualTo(model.next(from + 1, m -> m.subject().equals(message.subject())));
    }
    long time = random.nextLong(model.lastEpochNanos + 2);
    assertThat(store.seqAtOrAfter(time)).isEqualTo(model.next(0, m -> m.epochNanos() >= time));
  }

  private static void compareSubjects(StreamStore store, PlainStream model) {
    SubjectIndex index = store.subjects();
    long distinct =
        model.messages.values().stream().map(PlainStream.Message::subject).distinct().count();
    assertThat(index.size()).isEqualTo((int) distinct);
    for (String filter : new String[] {"a", ">", "a.*", "b.>", "*", "*.*", "nothing"}) {
      List<String> found = new ArrayList<>();
      index.forEachMatching(
          Subject.bytes(filter),
          id -> {
            String subject = new String(index.subject(id), java.nio.charset.StandardCharsets.UTF_8);
            found.add(subject);
            List<PlainStream.Message> of =
                model.messages.values().stream().filter(m -> m.subject().equals(subject)).toList();
            assertThat(index.count(id)).isEqualTo(of.size());
            assertThat(index.first(id)).isEqualTo(of.get(0).seq());
            assertThat(index.last(id)).isEqualTo(of.get(of.size() - 1).seq());
          });
      assertThat(found)
          .containsExactlyInAnyOrderElementsOf(
              model.messages.values().stream()
                  .map(PlainStream.Message::subject)
                  .distinct()
                  .filter(subject -> Subject.matches(subject, filter))
                  .toList());
    }
  }

  /** Keeps all blocks in memory, as a file stream's that are written and nobody wants out. */
  private static final class KeepAll implements BlockKeeper {
    private @org.jspecify.annotations.Nullable BlockCompaction compaction;

    @Override
    public void compress(boolean on) {}

    @Override
    public void grew(Block block, int arrayBytes) {}

    @Override
    public BlockPlace place() {
      return new BlockPlace(1);
    }

    @Override
    public byte[] buffer(int bytes) {
      return new byte[bytes];
    }

    @Override
    public void closed(Block block) {
      block.written = true;
      thinned(block);
    }

    @Override
    public void released(List<Block> blocks) {}

    @Override
    public void replaced(Block block) {}

    @Override
    public void thinned(Block block) {
      if (compaction == null) {
        compaction = new BlockCompaction(block.stream, this);
      }
      compaction.consider(block);
    }

    @Override
    public void nextTurn(Runnable part) {
      part.run();
    }

    @Override
    public void load(Block block, @org.jspecify.annotations.Nullable Runnable whenLoaded) {
      throw new AssertionError("nothing ever leaves memory");
    }
  }
}
