// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.base;

import java.lang.reflect.InvocationTargetException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/**
 * The virtual threads of JDK 21 and later, by reflection, since this is compiled for 17.
 *
 * <p>Thread-safe.
 */
public final class VirtualThreads {
  private static final int FIRST_FEATURE = 21;

  private VirtualThreads() {}

  /**
   * A new executor that starts a virtual thread for each task, named {@code namePrefix} and a
   * number from 1 on; null where the JDK has none. The caller shuts it down.
   */
  public static @Nullable ExecutorService executor(String namePrefix) {
    if (Runtime.version().feature() < FIRST_FEATURE) {
      return null;
    }
    try {
      Class<?> builderType = Class.forName("java.lang.Thread$Builder");
      Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
      builderType.getMethod("name", String.class, long.class).invoke(builder, namePrefix, 1L);
      Object factory = builderType.getMethod("factory").invoke(builder);
      return (ExecutorService)
          Executors.class
              .getMethod("newThreadPerTaskExecutor", ThreadFactory.class)
              .invoke(null, factory);
    } catch (ClassNotFoundException
        | NoSuchMethodException
        | IllegalAccessException
        | InvocationTargetException unavailable) {
      return null;
    }
  }
}
