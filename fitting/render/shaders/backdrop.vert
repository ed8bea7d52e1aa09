out vec2 at;                   // 0..1 over this tile, up
void main() {
    at = vec2((gl_VertexID << 1) & 2, gl_VertexID & 2);
    gl_Position = vec4(at * 2.0 - 1.0, 0.99999, 1.0);
}
