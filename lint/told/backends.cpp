// The table. Idle times are those of the default settings: measured, or read in the source or the
// documentation of the program.
#include "lint/told/backends.h"

#include <algorithm>
#include <array>

namespace poolproof::lint {
namespace {

using std::chrono::seconds;
using enum IdleCost;

constexpr auto kForEver = std::nullopt;

constexpr std::array kBackends = {
    Backend{"actix", "actix-web", seconds(5)},
    Backend{"aiohttp", "aiohttp", seconds(75)},
    Backend{"akka-http", "Akka HTTP", seconds(60)},
    Backend{"aws-alb", "AWS Application Load Balancer", seconds(60)},
    Backend{"aws-clb", "AWS Classic Load Balancer", seconds(60)},
    Backend{"aws-nlb", "AWS Network Load Balancer", seconds(350)},
    Backend{"azure-lb", "Azure Load Balancer", seconds(240)},
    Backend{"caddy", "Caddy", seconds(300)},
    Backend{"cheroot", "CherryPy's cheroot", seconds(10)},
    Backend{"cloudflare", "Cloudflare's edge", seconds(400)},
    Backend{"cowboy", "Cowboy (Phoenix up to 1.7)", seconds(5)},
    Backend{"dart", "Dart's HttpServer", seconds(120)},
    Backend{"envoy", "Envoy", seconds(3600)},
    Backend{"express", "Express on Node.js before 26", seconds(5)},
    Backend{"fastify", "Fastify", seconds(72)},
    Backend{"flask-dev", "Flask's development server", seconds(0)},
    Backend{"go", "Go's net/http", kForEver},
    Backend{"google-lb", "Google's external load balancer", seconds(610)},
    Backend{"gunicorn", "Gunicorn with gthread, gevent or eventlet", seconds(2)},
    Backend{"gunicorn-sync", "Gunicorn's sync worker", seconds(0), kProcess},
    Backend{"httpd", "Apache httpd (event)", seconds(5), kMemory, 400},
    Backend{"httpd-prefork", "Apache httpd (prefork)", seconds(5), kProcess, 256},
    Backend{"httpd-worker", "Apache httpd (worker)", seconds(5), kProcess, 400},
    Backend{"hyper", "hyper and axum", kForEver},
    Backend{"hypercorn", "Hypercorn", seconds(5)},
    Backend{"iis", "IIS", seconds(120)},
    Backend{"jetty", "Jetty", seconds(30)},
    Backend{"kestrel", "ASP.NET Core Kestrel", seconds(130)},
    Backend{"ktor", "Ktor CIO", seconds(45)},
    Backend{"lighttpd", "lighttpd", seconds(5)},
    Backend{"memcached", "memcached", kForEver, kMemory, 1024},
    Backend{"next", "Next.js on Node.js before 26", seconds(5)},
    Backend{"nginx", "nginx", seconds(75)},
    Backend{"node", "Node.js before 26", seconds(5)},
    Backend{"node18", "Node.js 18", seconds(5)},
    Backend{"node20", "Node.js 20", seconds(5)},
    Backend{"node22", "Node.js 22", seconds(5)},
    Backend{"node24", "Node.js 24", seconds(5)},
    Backend{"node26", "Node.js 26", seconds(65)},
    Backend{"oracle-lb", "Oracle Cloud's load balancer", seconds(65)},
    Backend{"pekko-http", "Pekko HTTP", seconds(60)},
    Backend{"php-fpm", "PHP-FPM", kForEver, kProcess, 5},
    Backend{"play", "Play", seconds(60)},
    Backend{"puma", "Puma before 7", seconds(20)},
    Backend{"puma7", "Puma 7", seconds(65)},
    Backend{"python-http", "Python's http.server", seconds(0)},
    Backend{"reactor-netty", "Reactor Netty", kForEver},
    Backend{"sanic", "Sanic", seconds(120)},
    Backend{"spring-boot", "Spring Boot with Tomcat", seconds(60), kMemory, 8192},
    Backend{"tomcat", "Tomcat (with the server.xml it comes with)", seconds(20), kMemory, 8192},
    Backend{"tornado", "Tornado", seconds(3600)},
    Backend{"traefik", "Traefik", seconds(180)},
    Backend{"trafficserver", "Apache Traffic Server", seconds(120)},
    Backend{"undertow", "Undertow", seconds(60)},
    Backend{"unicorn", "Unicorn", seconds(0), kProcess},
    Backend{"uvicorn", "Uvicorn", seconds(5)},
    Backend{"uwsgi-http", "uWSGI's HTTP router", seconds(0)},
    Backend{"varnish", "Varnish", seconds(5)},
    Backend{"vertx", "Vert.x", kForEver},
    Backend{"waitress", "Waitress", seconds(120), kMemory, 100},
    Backend{"werkzeug", "Werkzeug's development server", seconds(0)},
};

constexpr bool is_sorted() {
  for (std::size_t i = 1; i < kBackends.size(); ++i) {
    if (kBackends[i - 1].key > kBackends[i].key) return false;
  }
  return true;
}
static_assert(is_sorted());

}  // namespace

std::span<const Backend> all_backends() {
  return kBackends;
}

const Backend* find_backend(std::string_view key) {
  const auto at = std::find_if(kBackends.begin(), kBackends.end(),
                               [key](const Backend& backend) { return backend.key == key; });
  return at == kBackends.end() ? nullptr : &*at;
}

}  // namespace poolproof::lint
