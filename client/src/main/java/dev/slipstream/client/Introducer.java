// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import dev.slipstream.protocol.api.ConnectOptions;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * Says to a server who the client is.
 *
 * <p>Credentials that are read, signed or asked for are got on the executor; the rest happens on
 * the loop.
 */
final class Introducer {
  private final ClientOptions options;
  private final ClientLoop loop;
  private final Executor executor;

  Introducer(ClientOptions options, ClientLoop loop, Executor executor) {
    this.options = options;
    this.loop = loop;
    this.executor = executor;
  }

  /** Answers a greeting, at once or later; ends the session when there is nothing to answer. */
  void introduce(Session session, String nonce) {
    Auth auth = Greeting.auth(options, session.server());
    boolean secure = session.isSecure();
    if (!Greeting.takesTime(auth)) {
      session.introduce(Greeting.connectOptions(options, auth, nonce, secure));
      return;
    }
    try {
      executor.execute(() -> prepare(session, auth, nonce, secure));
    } catch (RejectedExecutionException e) {
      session.end(new AuthException("no thread to get credentials on", e));
    }
  }

  private void prepare(Session session, Auth auth, String nonce, boolean secure) {
    try {
      ConnectOptions self = Greeting.connectOptions(options, auth, nonce, secure);
      loop.offer(() -> session.introduce(self));
    } catch (RuntimeException e) {
      loop.offer(() -> session.end(e));
    }
  }
}
