// The peer of ./run bench osm: libosmium reads nodes and ways of a file, keeps the places of nodes and looks up those of
// the ways with a highway, railway or waterway, as knoop has to. Prints seconds, ways and kilometres.
#include <chrono>
#include <cstdio>

#include <osmium/geom/haversine.hpp>
#include <osmium/handler.hpp>
#include <osmium/handler/node_locations_for_ways.hpp>
#include <osmium/index/map/sparse_mem_array.hpp>
#include <osmium/io/pbf_input.hpp>
#include <osmium/visitor.hpp>

struct roads : osmium::handler::Handler {
  long ways = 0;
  double km = 0;
  void
  way(const osmium::Way &way)
  {
    if (!way.tags().has_key("highway") && !way.tags().has_key("railway") && !way.tags().has_key("waterway"))
      return;
    ways++;
    km += osmium::geom::haversine::distance(way.nodes()) / 1000;
  }
};

int
main(int argc, char **argv)
{
  if (argc != 2)
    return 2;
  const auto start = std::chrono::steady_clock::now();
  using index = osmium::index::map::SparseMemArray<osmium::unsigned_object_id_type, osmium::Location>;
  index places;
  osmium::handler::NodeLocationsForWays<index> locations{places};
  locations.ignore_errors();
  roads seen;
  osmium::io::Reader reader{argv[1], osmium::osm_entity_bits::node | osmium::osm_entity_bits::way};
  osmium::apply(reader, locations, seen);
  reader.close();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  std::printf("%.3f %ld %.1f\n", took.count(), seen.ways, seen.km);
  return 0;
}
