// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoRegistration;
import io.netty.util.concurrent.ThreadAwareExecutor;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Objects;
import jdk.jfr.FlightRecorder;
import org.jspecify.annotations.Nullable;

/**
 * The sockets of a loop, which tell each of its turns to Java Flight Recorder while it records.
 *
 * <p>A turn begins when the wait for sockets and tasks is over, which the context is asked about,
 * and ends when the loop comes back to wait. Owner: the loop.
 */
final class NettyTurns implements IoHandler {
  private final IoHandler handler;

  /** Made with the first recording: events and management take a tenth of a second to load. */
  private @Nullable Recorder recorder;

  private NettyTurns(IoHandler handler) {
    this.handler = handler;
  }

  /** Handlers that tell the turns of their loops. */
  static IoHandlerFactory of(IoHandlerFactory handlers) {
    return new IoHandlerFactory() {
      @Override
      public IoHandler newHandler(ThreadAwareExecutor executor) {
        return new NettyTurns(handlers.newHandler(executor));
      }

      @Override
      public boolean isChangingThreadSupported() {
        return handlers.isChangingThreadSupported();
      }
    };
  }

  @Override
  public int run(IoHandlerContext loop) {
    Recorder made = recorder;
    if (made == null) {
      if (!FlightRecorder.isInitialized()) {
        return handler.run(loop);
      }
      made = new Recorder();
      recorder = made;
    }
    return made.run(handler, loop);
  }

  @Override
  public void initialize() {
    handler.initialize();
  }

  @Override
  public void prepareToDestroy() {
    handler.prepareToDestroy();
  }

  @Override
  public void destroy() {
    handler.destroy();
  }

  @Override
  public IoRegistration register(IoHandle handle) throws Exception {
    return handler.register(handle);
  }

  @Override
  public void wakeup() {
    handler.wakeup();
  }

  @Override
  public boolean isCompatible(Class<? extends IoHandle> handleType) {
    return handler.isCompatible(handleType);
  }

  /**
   * Tells the turns while they are recorded. Is the context of the handler then, which asks it
   * right before it works on sockets that are ready.
   */
  private static final class Recorder implements IoHandlerContext {
    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    private LoopTurn turn = new LoopTurn();
    private boolean begun;
    private long endedCpuNanos;
    private @Nullable IoHandlerContext loop;

    int run(IoHandler handler, IoHandlerContext context) {
      if (!turn.isEnabled()) {
        begun = false;
        return handler.run(context);
      }
      end();
      loop = context;
      int handled = handler.run(this);
      begin();
      return handled;
    }

    private void begin() {
      if (!begun) {
        begun = true;
        turn.begin();
      }
    }

    private void end() {
      long cpuNanos = threads.getCurrentThreadCpuTime();
      if (begun) {
        begun = false;
        turn.cpuNanos = cpuNanos - endedCpuNanos;
        turn.commit();
        turn = new LoopTurn();
      }
      endedCpuNanos = cpuNanos;
    }

    private IoHandlerContext loop() {
      return Objects.requireNonNull(loop);
    }

    @Override
    public boolean canBlock() {
      return loop().canBlock();
    }

    @Override
    public long delayNanos(long currentTimeNanos) {
      return loop().delayNanos(currentTimeNanos);
    }

    @Override
    public long deadlineNanos() {
      return loop().deadlineNanos();
    }

    @Override
    public boolean shouldReportActiveIoTime() {
      begin();
      return loop().shouldReportActiveIoTime();
    }

    @Override
    public void reportActiveIoTime(long activeNanos) {
      loop().reportActiveIoTime(activeNanos);
    }
  }
}
