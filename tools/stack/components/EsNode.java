import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;

import org.elasticsearch.common.logging.LogConfigurator;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.env.Environment;
import org.elasticsearch.node.Node;
import org.elasticsearch.plugins.PluginsLoader;

/**
 * A single Elasticsearch node from its published jars, for development and tests: the server without the modules of the
 * full distribution. Usage: EsNode HOME DATA HTTP_PORT
 */
public class EsNode {
  public static void main(String[] args) throws Exception {
    Path home = Path.of(args[0]);
    Path data = Path.of(args[1]);
    System.setProperty("es.path.home", home.toString());
    Settings settings = Settings.builder()
        .put("path.home", home.toString())
        .put("path.data", data.toString())
        .put("path.logs", data.resolve("logs").toString())
        .put("node.name", "local")
        .put("cluster.name", "pegel")
        .put("discovery.type", "single-node")
        .put("http.host", "127.0.0.1")
        .put("http.port", args[2])
        .put("transport.host", "127.0.0.1")
        .put("transport.port", "0")
        .put("transport.type", "netty4")
        .put("http.type", "netty4")
        // A developer's disk is often fuller than a server's: by default indices turn read-only at 95 %.
        .put("cluster.routing.allocation.disk.threshold_enabled", false)
        .build();
    Environment environment = new Environment(settings, home.resolve("config"));
    LogConfigurator.registerErrorListener();
    LogConfigurator.configure(environment, true);
    // The last argument keeps it on the class path: the module path would need the whole distribution.
    PluginsLoader plugins = PluginsLoader.createPluginsLoader(
        PluginsLoader.loadModulesBundles(home.resolve("modules")), Set.of(), Map.of(), false);
    Node node = new Node(environment, plugins);
    node.start();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> {
      try {
        node.close();
      } catch (Exception e) {
        e.printStackTrace();
      }
    }));
    new CountDownLatch(1).await();
  }
}
