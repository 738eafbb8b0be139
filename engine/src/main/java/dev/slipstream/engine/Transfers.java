// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.protocol.wire.MessageFrame;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The snapshots and restores of one account that are under way, by their ids: finds whom an
 * acknowledgement or a chunk is for. Bounded: {@link #MOST_SNAPSHOTS}, {@link #MOST_RESTORES}.
 *
 * <p>May be called on any loop; what is found is called on its own.
 */
final class Transfers {
  private static final int MOST_SNAPSHOTS = 64;
  private static final int MOST_RESTORES = 16;
  private static final int KIND = 2;
  private static final int STREAM = 3;
  private static final int ID = 4;
  private static final int RESTORE_TOKENS = 5;

  private final Map<String, StreamSnapshot> snapshots = new ConcurrentHashMap<>();
  private final Map<String, StreamRestore> restores = new ConcurrentHashMap<>();

  boolean hasRoomForSnapshot() {
    return snapshots.size() < MOST_SNAPSHOTS;
  }

  boolean hasRoomForRestore() {
    return restores.size() < MOST_RESTORES;
  }

  void add(String id, StreamSnapshot snapshot) {
    snapshots.put(id, snapshot);
  }

  void add(String id, StreamRestore restore) {
    restores.put(id, restore);
  }

  void remove(String id) {
    snapshots.remove(id);
    restores.remove(id);
  }

  /** A publish under {@code $JS.SNAPSHOT.>}. */
  boolean onMessage(MessageFrame message) {
    String[] tokens = message.subject().split("\\.", -1);
    if (tokens.length < RESTORE_TOKENS) {
      return false;
    }
    return switch (tokens[KIND]) {
      case "ACK" -> tokens.length > RESTORE_TOKENS && onAck(tokens);
      case "RESTORE" -> tokens.length == RESTORE_TOKENS && onChunk(tokens, message);
      default -> false;
    };
  }

  private boolean onAck(String[] tokens) {
    @Nullable StreamSnapshot snapshot = snapshots.get(tokens[ID]);
    if (snapshot == null || !snapshot.stream().name.equals(tokens[STREAM])) {
      return false;
    }
    snapshot.stream().shard.run(snapshot::onAck);
    return true;
  }

  private boolean onChunk(String[] tokens, MessageFrame message) {
    @Nullable StreamRestore restore = restores.get(tokens[ID]);
    if (restore == null || !restore.name().equals(tokens[STREAM])) {
      return false;
    }
    byte[] reply = message.copyReply();
    byte[] chunk = message.copyPayload();
    if (restore.entry().loop.inLoop()) {
      restore.arrived(reply, chunk);
      return true;
    }
    return restore.entry().loop.offer(() -> restore.arrived(reply, chunk));
  }
}
