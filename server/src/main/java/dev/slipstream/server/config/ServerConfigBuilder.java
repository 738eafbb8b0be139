// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Collects a {@link ServerConfig}: later settings replace earlier ones, so a file is read first and
 * the flags of the command line come after it.
 *
 * <p>A number that is 0 and a text that is null stand for the default, as in the public server. One
 * thread.
 */
public final class ServerConfigBuilder {

  private static final long SECOND = 1_000_000_000L;

  private @Nullable String host;
  private int port;
  private @Nullable String serverId;
  private @Nullable String serverName;
  private @Nullable String httpHost;
  private int httpPort;
  private @Nullable String httpBasePath;
  private @Nullable String clientAdvertise;
  private boolean debug;
  private boolean trace;
  private boolean traceVerbose;
  private boolean logTime = true;
  private boolean logUtc;
  private @Nullable Path logFile;
  private long logSizeLimitBytes;
  private int logMaxFiles;
  private @Nullable Path pidFile;
  private @Nullable Path portsFileDir;
  private int maxControlLine;
  private int maxPayload;
  private long maxPendingBytes;
  private int maxConnections;
  private int maxSubscriptions;
  private int maxSubscriptionTokens;
  private long pingIntervalNanos;
  private int pingMax;
  private long writeDeadlineNanos;
  private long authTimeoutNanos;
  private long lameDuckDurationNanos;
  private long lameDuckGracePeriodNanos;
  private JetStreamConfig jetStream = JetStreamConfig.DISABLED;
  private @Nullable String user;
  private @Nullable String password;
  private @Nullable String token;
  private List<UserConfig> users = List.of();
  private @Nullable Permissions defaultPermissions;
  private List<AccountConfig> accounts = List.of();
  private List<MappingConfig> mappings = List.of();
  private @Nullable String noAuthUser;
  private @Nullable String systemAccount;
  private List<String> serverTags = List.of();
  private Map<String, String> serverMetadata = Map.of();
  private @Nullable String configFile;
  private @Nullable String configDigest;

  ServerConfigBuilder() {}

  /**
   * Reads a configuration file.
   *
   * @throws ConfigException if it cannot be read, parsed or used; with all that is wrong with it
   */
  public ConfigNotes readFile(String path) {
    ConfigNotes notes = readParsed(ConfigFile.load(path));
    this.configFile = path;
    return notes;
  }

  /** Reads configuration text that stands in no file; otherwise as {@link #readFile}. */
  public ConfigNotes readText(String text) {
    return readParsed(ConfigFile.parse(text, "config"));
  }

  private ConfigNotes readParsed(ConfigFile file) {
    ConfigReport report = new ConfigReport();
    new ServerConfigReader(report, this).read(file);
    if (!report.errors().isEmpty()) {
      List<String> all = new ArrayList<>(report.warnings());
      all.addAll(report.errors());
      throw new ConfigException(all);
    }
    this.configDigest = file.digest();
    return new ConfigNotes(report.warnings(), report.ignored());
  }

  /** The address to listen on; null or empty for all addresses. */
  public ServerConfigBuilder host(@Nullable String host) {
    this.host = host;
    return this;
  }

  /** The port to listen on; 0 for the default, {@link ServerConfig#RANDOM_PORT} for any. */
  public ServerConfigBuilder port(int port) {
    this.port = port;
    return this;
  }

  /** The id of the server. */
  public ServerConfigBuilder serverId(@Nullable String serverId) {
    this.serverId = serverId;
    return this;
  }

  /** The name of the server; no blanks. */
  public ServerConfigBuilder serverName(@Nullable String serverName) {
    this.serverName = serverName;
    return this;
  }

  /** The address of the monitoring endpoint; by default that of clients. */
  public ServerConfigBuilder httpHost(@Nullable String httpHost) {
    this.httpHost = httpHost;
    return this;
  }

  /** The port of the monitoring endpoint; 0 for none. */
  public ServerConfigBuilder httpPort(int httpPort) {
    this.httpPort = httpPort;
    return this;
  }

  /** The path the monitoring resources lie under. */
  public ServerConfigBuilder httpBasePath(@Nullable String httpBasePath) {
    this.httpBasePath = httpBasePath;
    return this;
  }

  /** Host and port that clients are told instead of the real ones. */
  public ServerConfigBuilder clientAdvertise(@Nullable String clientAdvertise) {
    this.clientAdvertise = clientAdvertise;
    return this;
  }

  /** Whether DBG lines are logged. */
  public ServerConfigBuilder debug(boolean debug) {
    this.debug = debug;
    return this;
  }

  /** Whether TRC lines are logged. */
  public ServerConfigBuilder trace(boolean trace) {
    this.trace = trace;
    return this;
  }

  /** Whether the trace includes the system account. */
  public ServerConfigBuilder traceVerbose(boolean traceVerbose) {
    this.traceVerbose = traceVerbose;
    return this;
  }

  /** Whether log lines carry the time. */
  public ServerConfigBuilder logTime(boolean logTime) {
    this.logTime = logTime;
    return this;
  }

  /** Whether that time is UTC. */
  public ServerConfigBuilder logUtc(boolean logUtc) {
    this.logUtc = logUtc;
    return this;
  }

  /** The file to log to; null for standard error. */
  public ServerConfigBuilder logFile(@Nullable Path logFile) {
    this.logFile = logFile;
    return this;
  }

  /** The size at which the log file is set aside; 0 for never. */
  public ServerConfigBuilder logSizeLimitBytes(long logSizeLimitBytes) {
    this.logSizeLimitBytes = logSizeLimitBytes;
    return this;
  }

  /** How many log files are kept; 0 for all. */
  public ServerConfigBuilder logMaxFiles(int logMaxFiles) {
    this.logMaxFiles = logMaxFiles;
    return this;
  }

  /** The file for the process id. */
  public ServerConfigBuilder pidFile(@Nullable Path pidFile) {
    this.pidFile = pidFile;
    return this;
  }

  /** The directory of the ports file. */
  public ServerConfigBuilder portsFileDir(@Nullable Path portsFileDir) {
    this.portsFileDir = portsFileDir;
    return this;
  }

  /** Bytes of a protocol line; 0 for the default of 4096. */
  public ServerConfigBuilder maxControlLine(int maxControlLine) {
    this.maxControlLine = maxControlLine;
    return this;
  }

  /** Bytes of a message; 0 for the default of 1 MiB. */
  public ServerConfigBuilder maxPayload(int maxPayload) {
    this.maxPayload = maxPayload;
    return this;
  }

  /** Bytes a client may lie behind; 0 for the default of 64 MiB. */
  public ServerConfigBuilder maxPendingBytes(long maxPendingBytes) {
    this.maxPendingBytes = maxPendingBytes;
    return this;
  }

  /** Client connections; 0 for the default of 65536, -1 for no limit. */
  public ServerConfigBuilder maxConnections(int maxConnections) {
    this.maxConnections = maxConnections;
    return this;
  }

  /** Subscriptions of a connection; 0 for no limit. */
  public ServerConfigBuilder maxSubscriptions(int maxSubscriptions) {
    this.maxSubscriptions = maxSubscriptions;
    return this;
  }

  /** Tokens of a subscription's subject; 0 for no limit. */
  public ServerConfigBuilder maxSubscriptionTokens(int maxSubscriptionTokens) {
    this.maxSubscriptionTokens = maxSubscriptionTokens;
    return this;
  }

  /** Time between two pings; 0 for the default of 2 minutes. */
  public ServerConfigBuilder pingIntervalNanos(long pingIntervalNanos) {
    this.pingIntervalNanos = pingIntervalNanos;
    return this;
  }

  /** Unanswered pings; 0 for the default of 2. */
  public ServerConfigBuilder pingMax(int pingMax) {
    this.pingMax = pingMax;
    return this;
  }

  /** How long a write may take; 0 for the default of 10 seconds. */
  public ServerConfigBuilder writeDeadlineNanos(long writeDeadlineNanos) {
    this.writeDeadlineNanos = writeDeadlineNanos;
    return this;
  }

  /** How long a client may take to connect; 0 for the default of 2 seconds. */
  public ServerConfigBuilder authTimeoutNanos(long authTimeoutNanos) {
    this.authTimeoutNanos = authTimeoutNanos;
    return this;
  }

  /** How long clients are given to leave; 0 for the default of 2 minutes. */
  public ServerConfigBuilder lameDuckDurationNanos(long lameDuckDurationNanos) {
    this.lameDuckDurationNanos = lameDuckDurationNanos;
    return this;
  }

  /** Time before the first is closed; 0 for the default of 10 seconds. */
  public ServerConfigBuilder lameDuckGracePeriodNanos(long lameDuckGracePeriodNanos) {
    this.lameDuckGracePeriodNanos = lameDuckGracePeriodNanos;
    return this;
  }

  /** JetStream of the server. */
  public ServerConfigBuilder jetStream(JetStreamConfig jetStream) {
    this.jetStream = jetStream;
    return this;
  }

  /** The single user. */
  public ServerConfigBuilder user(@Nullable String user) {
    this.user = user;
    return this;
  }

  /** The single user's password, plain or bcrypt. */
  public ServerConfigBuilder password(@Nullable String password) {
    this.password = password;
    return this;
  }

  /** The token all clients share, plain or bcrypt. */
  public ServerConfigBuilder token(@Nullable String token) {
    this.token = token;
    return this;
  }

  /** Users of the global account. */
  public ServerConfigBuilder users(List<UserConfig> users) {
    this.users = users;
    return this;
  }

  /** What users without permissions of their own may do. */
  public ServerConfigBuilder defaultPermissions(@Nullable Permissions defaultPermissions) {
    this.defaultPermissions = defaultPermissions;
    return this;
  }

  /** The accounts. */
  public ServerConfigBuilder accounts(List<AccountConfig> accounts) {
    this.accounts = accounts;
    return this;
  }

  /** Under which subjects the clients of the global account really publish. */
  public ServerConfigBuilder mappings(List<MappingConfig> mappings) {
    this.mappings = mappings;
    return this;
  }

  /** The user that a client without credentials is. */
  public ServerConfigBuilder noAuthUser(@Nullable String noAuthUser) {
    this.noAuthUser = noAuthUser;
    return this;
  }

  /** The account of the server's own messages; null for {@code $SYS}. */
  public ServerConfigBuilder systemAccount(@Nullable String systemAccount) {
    this.systemAccount = systemAccount;
    return this;
  }

  /** Tags for placement and monitoring. */
  public ServerConfigBuilder serverTags(List<String> serverTags) {
    this.serverTags = serverTags;
    return this;
  }

  /** Free text for monitoring. */
  public ServerConfigBuilder serverMetadata(Map<String, String> serverMetadata) {
    this.serverMetadata = serverMetadata;
    return this;
  }

  /** The directory below which JetStream keeps its data; null for a temporary one. */
  public ServerConfigBuilder storeDirectory(@Nullable Path directory) {
    return jetStream(jetStream.withStoreDir(directory));
  }

  /** Whether the server has JetStream. */
  public ServerConfigBuilder jetStreamEnabled(boolean enabled) {
    return jetStream(jetStream.withEnabled(enabled));
  }

  /**
   * The configuration.
   *
   * @throws ConfigException if settings contradict each other
   */
  public ServerConfig build() {
    String bindHost = orElse(host, "0.0.0.0");
    ServerConfig config =
        new ServerConfig(
            bindHost,
            or(port, ServerConfig.DEFAULT_PORT),
            serverId,
            absentIfEmpty(serverName),
            orElse(httpHost, bindHost),
            httpPort,
            basePath(httpBasePath),
            absentIfEmpty(clientAdvertise),
            new LogConfig(
                debug,
                trace,
                traceVerbose,
                logTime,
                logUtc,
                logFile,
                logSizeLimitBytes,
                logMaxFiles),
            pidFile,
            portsFileDir,
            or(maxControlLine, 4096),
            or(maxPayload, 1024 * 1024),
            or(maxPendingBytes, 64L * 1024 * 1024),
            or(maxConnections, 65536),
            Math.max(0, maxSubscriptions),
            Math.max(0, maxSubscriptionTokens),
            or(pingIntervalNanos, 120 * SECOND),
            or(pingMax, 2),
            or(writeDeadlineNanos, 10 * SECOND),
            or(authTimeoutNanos, 2 * SECOND),
            or(lameDuckDurationNanos, 120 * SECOND),
            or(lameDuckGracePeriodNanos, 10 * SECOND),
            jetStream,
            new AuthorizationConfig(
                absentIfEmpty(user), check(password), check(token), users, defaultPermissions),
            accounts,
            mappings,
            absentIfEmpty(noAuthUser),
            orElse(systemAccount, AccountConfig.SYSTEM),
            serverTags,
            serverMetadata,
            configFile,
            configDigest);
    ServerConfigRules.check(config);
    return config;
  }

  private static @Nullable PasswordCheck check(@Nullable String secret) {
    return secret == null || secret.isEmpty() ? null : PasswordCheck.of(secret);
  }

  private static @Nullable String absentIfEmpty(@Nullable String text) {
    return text == null || text.isEmpty() ? null : text;
  }

  private static String orElse(@Nullable String text, String otherwise) {
    return text == null || text.isEmpty() ? otherwise : text;
  }

  /** With a leading slash and none at the end; empty for the root. */
  private static String basePath(@Nullable String path) {
    if (path == null || path.isEmpty()) {
      return "";
    }
    try {
      String normal = Path.of("/" + path).normalize().toString();
      return normal.equals("/") ? "" : normal;
    } catch (InvalidPathException malformed) {
      throw new ConfigException("http_base_path is not a path: " + malformed.getReason());
    }
  }

  private static int or(int value, int otherwise) {
    return value == 0 ? otherwise : value;
  }

  private static long or(long value, long otherwise) {
    return value == 0 ? otherwise : value;
  }
}
