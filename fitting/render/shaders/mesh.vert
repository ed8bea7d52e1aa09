// World space is the wearer's: metres, +y up, +z to the front.
layout(location = 0) in vec3 place;
layout(location = 1) in vec3 normal;
layout(location = 2) in vec4 open;     // mean free direction, open share
layout(location = 3) in vec4 paint;    // body: linear colour and roughness; cloth: heat and layer
layout(location = 4) in vec2 uv;       // metres of fabric
layout(location = 5) in vec4 edges;    // distance and place along: seam, then hem [m]
invariant gl_Position;                 // the same in every program that draws a mesh twice
uniform mat4 camera;                   // world to clip
out vec3 world;
out vec3 world_normal;
out vec4 world_open;
out vec4 colour_in;
out vec2 fabric;
out vec4 edge_lines;
void main() {
    world = place;
    world_normal = normal;
    world_open = open;
    colour_in = paint;
    fabric = uv;
    edge_lines = edges;
    gl_Position = camera * vec4(place, 1.0);
}
