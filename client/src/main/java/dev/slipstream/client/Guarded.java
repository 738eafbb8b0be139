// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Code of the application that watches the client, called so that what it throws goes no further.
 *
 * @param target a sink or interceptor, or what it made
 * @param failures who is told when it throws
 */
record Guarded<T>(T target, ObserverFailures failures) {

  void tell(Consumer<? super T> call) {
    try {
      call.accept(target);
    } catch (RuntimeException | Error failure) {
      failures.add(failure);
    }
  }

  /** What {@code call} makes, guarded as this is; null when it makes nothing or throws. */
  <R> @Nullable Guarded<R> make(Function<? super T, ? extends @Nullable R> call) {
    try {
      R made = call.apply(target);
      return made == null ? null : new Guarded<>(made, failures);
    } catch (RuntimeException | Error failure) {
      failures.add(failure);
      return null;
    }
  }

  /** What {@code call} makes of each, in order, without those that make nothing. */
  static <T, R> List<Guarded<R>> makeAll(
      List<Guarded<T>> all, Function<? super T, ? extends @Nullable R> call) {
    List<Guarded<R>> made = new ArrayList<>(all.size());
    for (Guarded<T> each : all) {
      Guarded<R> one = each.make(call);
      if (one != null) {
        made.add(one);
      }
    }
    return made;
  }

  /** Tells all, the last one first. */
  static <T> void tellBackwards(List<Guarded<T>> all, Consumer<? super T> call) {
    for (int i = all.size() - 1; i >= 0; i--) {
      all.get(i).tell(call);
    }
  }
}
