// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client.bucket;

import dev.slipstream.client.JetStream;
import dev.slipstream.client.NatsException;
import dev.slipstream.client.PublishAck;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** Publishes the parts of an object, some at a time. Owner: the thread that uploads. */
final class Upload {
  /** So many parts may wait for their acknowledgement. */
  private static final int MOST_OPEN = 64;

  private final JetStream js;
  private final String subject;
  private final MessageDigest digest = Digests.sha256();
  private final ArrayDeque<CompletableFuture<PublishAck>> open = new ArrayDeque<>();
  private long size;
  private int chunks;

  Upload(JetStream js, String subject) {
    this.js = js;
    this.subject = subject;
  }

  /** Publishes all that there is to read, and waits until it is stored. */
  void run(InputStream from, int chunkBytes) throws IOException {
    byte[] buffer = new byte[chunkBytes];
    for (int read = fill(from, buffer); read > 0; read = fill(from, buffer)) {
      if (open.size() == MOST_OPEN) {
        settle(open.remove());
      }
      digest.update(buffer, 0, read);
      open.add(js.publishAsync(subject, Arrays.copyOf(buffer, read)));
      size += read;
      chunks++;
    }
    while (!open.isEmpty()) {
      settle(open.remove());
    }
  }

  private static int fill(InputStream from, byte[] buffer) throws IOException {
    return from.readNBytes(buffer, 0, buffer.length);
  }

  private static void settle(CompletableFuture<PublishAck> stored) {
    try {
      stored.join();
    } catch (CompletionException refused) {
      throw refused.getCause() instanceof NatsException why ? why : refused;
    }
  }

  /** Waits until no part is on its way any more, stored or not. */
  void awaitEnd() {
    for (CompletableFuture<PublishAck> each : open) {
      each.handle((stored, refused) -> stored).join();
    }
    open.clear();
  }

  /** What was stored, as a bucket describes it. */
  ObjectInfo info(ObjectMeta meta, String bucket, String nuid) {
    return new ObjectInfo(
        meta, bucket, nuid, size, chunks, Digests.text(digest), false, null, Instant.now());
  }
}
