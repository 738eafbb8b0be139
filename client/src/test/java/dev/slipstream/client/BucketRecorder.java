// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipstream.client.bucket.KeyValueEntry;
import dev.slipstream.client.bucket.KeyWatcher;
import dev.slipstream.client.bucket.ObjectInfo;
import dev.slipstream.client.bucket.ObjectWatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Notes what watchers of buckets hear, in one line each. */
final class BucketRecorder {
  private final LinkedBlockingQueue<String> heard = new LinkedBlockingQueue<>();

  KeyWatcher keys() {
    return new KeyWatcher() {
      @Override
      public void onEntry(KeyValueEntry entry) {
        heard.add(line(entry));
      }

      @Override
      public void onCaughtUp() {
        heard.add("caught up");
      }
    };
  }

  ObjectWatcher objects() {
    return new ObjectWatcher() {
      @Override
      public void onInfo(ObjectInfo info) {
        heard.add(line(info));
      }

      @Override
      public void onCaughtUp() {
        heard.add("caught up");
      }
    };
  }

  static String line(KeyValueEntry entry) {
    return entry.operation() + " " + entry.key() + " " + entry.text();
  }

  static String line(ObjectInfo info) {
    return (info.deleted() ? "DELETED " : "STORED ") + info.name() + " " + info.size();
  }

  /** The next lines, which are waited for. */
  List<String> next(int count) throws InterruptedException {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String line = heard.poll(20, TimeUnit.SECONDS);
      assertThat(line).as("after %s", lines).isNotNull();
      lines.add(line);
    }
    return lines;
  }
}
