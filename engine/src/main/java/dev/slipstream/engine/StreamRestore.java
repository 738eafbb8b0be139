// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.base.EventLoop;
import dev.slipstream.protocol.api.ApiError;
import dev.slipstream.protocol.api.ApiErrors;
import dev.slipstream.protocol.api.StreamState;
import dev.slipstream.protocol.wire.MessageFrame;
import dev.slipstream.protocol.wire.OutputBuffer;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * One restore under way: takes the chunks of an archive, answers each when it has become records,
 * and the last, empty one when everything is durable and the stream is there.
 *
 * <p>What fails is told with that last answer, as by the public server; until then chunks are
 * answered and dropped. Of a restore that fails or stalls nothing is left. Bounded: {@link
 * #MOST_WAITING_BYTES} of chunks whose sender does not wait for answers, {@link #MOST_LOGGED_BYTES}
 * on their way to the disk; the work is done in slices. Owner: the loop of the stream that it
 * makes. Source: the public server, docs/adr/0008.
 */
final class StreamRestore {
  private static final long STALL_NANOS = 5_000_000_000L;
  private static final int MOST_WAITING_BYTES = 32 << 20;
  private static final int MOST_LOGGED_BYTES = 4 << 20;

  /** How much is decoded and logged before other work has its turn. */
  private static final int SLICE_BYTES = 256 << 10;

  /** What an entry costs beside its bytes. */
  private static final int ENTRY_BYTES = 64;

  private record Chunk(byte[] reply, byte[] bytes) {
    boolean isLast() {
      return bytes.length == 0;
    }
  }

  /** What a restore needs of the catalogue; may be called on any loop. */
  interface Steps {
    /**
     * The stream is to be begun, which nobody sees; answers on the catalogue's loop.
     *
     * @param bytes what its messages count for
     */
    void begin(
        long bytes,
        java.util.function.Consumer<ApiError> refused,
        java.util.function.Consumer<Stream> begun);

    /** The stream is whole: have it there, then say so. */
    void complete(Stream stream, java.util.function.Consumer<ApiError> refused, Runnable made);

    /** Nothing of the stream is to be left; then say so. */
    void abandon(Stream stream, Runnable gone);

    /** The restore hears no more. */
    void over();
  }

  private final Shard entry;
  private final JetStreamAccount account;
  private final String name;
  private final TransferAdvisories advisories;
  private final Steps steps;
  private final S2FrameReader frames = new S2FrameReader();
  private final ArchiveReader archive = new ArchiveReader();
  private final ArrayDeque<Chunk> waiting = new ArrayDeque<>();

  private Shard shard;
  private @Nullable RestoredContents contents;
  private long waitingBytes;
  private long totalBytes;
  private byte[] owedReply = OutputBuffer.NO_BYTES;
  private byte[] lastReply = OutputBuffer.NO_BYTES;
  private @Nullable ApiError failure;
  private boolean held;
  private boolean beginning;
  private boolean finishing;
  private boolean settled;
  private boolean inputEnded;
  private boolean over;
  private EventLoop.@Nullable Timer stall;

  /**
   * A restore that waits for its first chunk.
   *
   * @param entry where all chunks arrive, so that they stay in their order: the catalogue's loop
   */
  StreamRestore(
      Shard entry,
      JetStreamAccount account,
      String name,
      TransferAdvisories advisories,
      Steps steps) {
    this.entry = entry;
    this.account = account;
    this.name = name;
    this.advisories = advisories;
    this.steps = steps;
    shard = entry;
  }

  /** The part of the engine whose loop {@link #arrived} is called on. */
  Shard entry() {
    return entry;
  }

  String name() {
    return name;
  }

  /** Begins to wait for chunks. */
  void begin() {
    armStall();
  }

  /** A chunk came; an empty one is the last. Called on the loop of {@link #entry}. */
  void arrived(byte[] reply, byte[] bytes) {
    shard.run(() -> onChunk(reply, bytes));
  }

  private void onChunk(byte[] reply, byte[] bytes) {
    if (over || inputEnded) {
      return;
    }
    stopStall();
    if (reply.length == 0) {
      if (!finishing) {
        fail(ApiErrors.STREAM_RESTORE.of(called() + " requires reply subject for each chunk"));
      }
      endInput(reply);
      return;
    }
    if (waitingBytes + bytes.length > MOST_WAITING_BYTES && !finishing) {
      fail(ApiErrors.STREAM_RESTORE.of("more than 32 MiB of chunks wait"));
      endInput(reply);
      return;
    }
    waitingBytes += bytes.length;
    waiting.add(new Chunk(reply, bytes));
    goOn();
  }

  private String called() {
    return "restore for stream '" + account.name() + " > " + name + "'";
  }

  private void release() {
    held = false;
    goOn();
  }

  private void goOn() {
    Shard here = shard;
    for (int budget = SLICE_BYTES; !held && !over; ) {
      int work = step();
      if (work < 0 || shard != here || held) {
        return; // on another loop by now, or when what it waits for has come
      }
      budget -= work + ENTRY_BYTES;
      if (budget <= 0) {
        held = true;
        shard.loop.nextTurn(this::release);
      }
    }
  }

  /** Does a piece of work; answers how much it was, -1 when there is none now. */
  private int step() {
    RestoredContents taking = contents;
    if (failure != null || finishing) {
      return takeChunk() ? 0 : -1;
    }
    ApiError full = taking == null ? null : taking.storeRefusal();
    if (full != null) {
      fail(full);
      return 0;
    }
    if (taking != null
        && !taking.stream().isMemory()
        && shard.log().pendingBytes() > MOST_LOGGED_BYTES) {
      held = true;
      shard.log().whenDurable(this::release, this::release);
      return 0;
    }
    try {
      if (archive.next()) {
        int bytes = archive.bytes();
        if (taking == null) {
          beginStream(RestoredContents.readState(archive));
          return bytes;
        }
        taking.take(archive);
        if (taking.isComplete()) {
          finish(taking);
        }
        return bytes;
      }
      int decoded = frames.decode(archive.decoded());
      return decoded >= 0 ? decoded : takeChunk() ? 0 : -1;
    } catch (ArchiveException broken) {
      fail(ApiErrors.STREAM_RESTORE.of(broken.text()));
      return 0;
    }
  }

  /** The stream is begun, and the restore goes on on its loop. */
  private void beginStream(StreamState state) {
    held = true;
    beginning = true;
    steps.begin(
        state.bytes(),
        refusal -> {
          beginning = false;
          fail(refusal);
          settled();
          release();
        },
        stream -> {
          shard = stream.shard;
          shard.run(() -> begun(new RestoredContents(stream, state)));
        });
  }

  private void begun(RestoredContents empty) {
    beginning = false;
    contents = empty;
    if (failure != null) {
      abandon(empty); // it failed meanwhile
    }
    release();
  }

  /** The chunk before is done; takes the next, if there is one. */
  private boolean takeChunk() {
    if (owedReply.length > 0) {
      send(owedReply, OutputBuffer.NO_BYTES);
      owedReply = OutputBuffer.NO_BYTES;
    }
    Chunk chunk = waiting.poll();
    if (chunk == null) {
      if (!inputEnded) {
        armStall();
      }
      return false;
    }
    waitingBytes -= chunk.bytes.length;
    if (chunk.isLast()) {
      if (failure == null && !finishing) {
        fail(ApiErrors.STREAM_RESTORE.of(cutShort()));
      }
      endInput(chunk.reply);
      return false;
    }
    totalBytes += chunk.bytes.length;
    owedReply = chunk.reply;
    if (failure == null && !finishing) {
      frames.add(chunk.bytes);
    }
    return true;
  }

  /** Nothing more is heard; the answer to this reply is the last. */
  private void endInput(byte[] reply) {
    inputEnded = true;
    lastReply = reply;
    waiting.clear();
    steps.over();
    settle();
  }

  /** What an archive that ends too early is called. */
  private String cutShort() {
    if (!frames.isAtEnd()) {
      return S2FrameReader.corrupt().text();
    }
    return archive.isWithinEntry() ? ArchiveReader.invalid().text() : "EOF";
  }

  private void finish(RestoredContents whole) {
    finishing = true;
    whole.finish(
        () ->
            steps.complete(
                whole.stream(),
                refusal -> shard.run(() -> fail(refusal)),
                () -> shard.run(this::settled)),
        () -> {
          ApiError cause = whole.storeRefusal();
          fail(cause == null ? ApiErrors.STREAM_RESTORE.of("not stored") : cause);
        });
  }

  /** Nothing comes of it; what was begun goes. */
  private void fail(ApiError cause) {
    if (failure != null) {
      return;
    }
    failure = cause;
    RestoredContents begun = contents;
    if (begun != null) {
      abandon(begun);
    } else {
      settled = !beginning;
    }
  }

  private void abandon(RestoredContents begun) {
    steps.abandon(begun.stream(), () -> shard.run(this::settled));
  }

  /** What became of the stream is durable. */
  private void settled() {
    settled = true;
    settle();
  }

  /** Ends it when the sender has ended and what became of it is durable. */
  private void settle() {
    if (!inputEnded || !settled || over) {
      return;
    }
    end();
    advisories.restoreEnded(totalBytes);
    ApiRequest asked =
        new ApiRequest(
            account, new String[0], lastReply, OutputBuffer.NO_BYTES, OutputBuffer.NO_BYTES, null);
    // it answers a chunk and no call of the API, so it is not counted as one
    ApiAnswer answer = new ApiAnswer(asked, ApiOperation.STREAM_CREATE.type(), false);
    RestoredContents made = contents;
    ApiError cause = failure;
    if (cause != null || made == null) {
      answer.error(cause == null ? ApiErrors.STREAM_RESTORE.of("not begun") : cause);
    } else {
      answer.ok(json -> StreamView.writeInfo(json, made.stream(), true, false));
    }
  }

  private void armStall() {
    if (stall == null && !over) {
      stall = shard.loop.schedule(STALL_NANOS, this::stalled);
    }
  }

  private void stopStall() {
    EventLoop.Timer armed = stall;
    if (armed != null) {
      armed.cancel();
      stall = null;
    }
  }

  /** The sender is gone: nobody is left to be told. A stream that was whole already stays. */
  private void stalled() {
    stall = null;
    if (over) {
      return;
    }
    end();
    steps.over();
    if (!finishing) {
      fail(ApiErrors.STREAM_RESTORE.of(called() + " is stalled"));
    }
  }

  private void end() {
    over = true;
    stopStall();
    waiting.clear();
  }

  private void send(byte[] to, byte[] payload) {
    account.bus().send(to, new MessageFrame().set(to, OutputBuffer.NO_BYTES, payload), null);
  }
}
