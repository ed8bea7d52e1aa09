# Kernels are written in Warp's own language, which the type checker and some lint rules misread.
# mypy: ignore-errors
# ruff: noqa: UP018, RUF046, SIM110
"""Pairs of near features of a cloth: finding, measuring, keeping them apart."""

from __future__ import annotations

import warp as wp

from fitting.drape.kernels.membrane import single, soft_push

wp.set_module_options({"enable_backward": False})

FAR = wp.constant(1.0e9)
# Nearer than half the thickness pairs repel this many times harder: a force holds pressed cloth
# apart there, else each step takes a part of the distance until rounding loses the side.
TIGHT = wp.constant(4.0)


@wp.func
def joined(start: wp.array[int], column: wp.array[int], a: int, b: int) -> bool:
    """Whether a and b are the same class of vertices, or neighbours."""
    if a == b:
        return True
    for k in range(start[a], start[a + 1]):
        if column[k] == b:
            return True
    return False


@wp.func
def closest_on_triangle(p: wp.vec3, a: wp.vec3, b: wp.vec3, c: wp.vec3) -> wp.vec3:
    """Barycentric weights of the point of a triangle nearest to p.

    Reference:
        C. Ericson, Real-Time Collision Detection (2005), section 5.1.5.
    """
    ab = b - a
    ac = c - a
    ap = p - a
    d1 = wp.dot(ab, ap)
    d2 = wp.dot(ac, ap)
    if d1 <= 0.0 and d2 <= 0.0:
        return wp.vec3(1.0, 0.0, 0.0)
    bp = p - b
    d3 = wp.dot(ab, bp)
    d4 = wp.dot(ac, bp)
    if d3 >= 0.0 and d4 <= d3:
        return wp.vec3(0.0, 1.0, 0.0)
    vc = d1 * d4 - d3 * d2
    if vc <= 0.0 and d1 >= 0.0 and d3 <= 0.0:
        v = d1 / (d1 - d3)
        return wp.vec3(1.0 - v, v, 0.0)
    cp = p - c
    d5 = wp.dot(ab, cp)
    d6 = wp.dot(ac, cp)
    if d6 >= 0.0 and d5 <= d6:
        return wp.vec3(0.0, 0.0, 1.0)
    vb = d5 * d2 - d1 * d6
    if vb <= 0.0 and d2 >= 0.0 and d6 <= 0.0:
        w = d2 / (d2 - d6)
        return wp.vec3(1.0 - w, 0.0, w)
    va = d3 * d6 - d5 * d4
    if va <= 0.0 and (d4 - d3) >= 0.0 and (d5 - d6) >= 0.0:
        w = (d4 - d3) / ((d4 - d3) + (d5 - d6))
        return wp.vec3(0.0, 1.0 - w, w)
    scale = 1.0 / (va + vb + vc)
    return wp.vec3(1.0 - (vb + vc) * scale, vb * scale, vc * scale)


@wp.kernel
def find_vertex_pairs(
    cloth: wp.uint64,
    x: wp.array[wp.vec3],
    faces: wp.array[wp.vec3i],
    kind: wp.array[int],
    exempt_start: wp.array[int],
    exempt: wp.array[int],
    radius: float,
    capacity: int,
    near_start: wp.array[int],
    near: wp.array[int],
    wide: float,
    count: wp.array[int],
    nodes: wp.array[wp.vec4i],
    folded: wp.array[int],
    fresh: wp.array[int],
) -> None:
    """Lists (vertex, triangle) pairs nearer than `radius`, with a `fresh` vertex.

    Looks at vertices marked as folded, and takes the mark from those farther than `wide` from any
    triangle but their neighbours'.
    """
    i = wp.tid()
    if folded[i] == 0:
        return
    folded[i] = 0
    p = x[i]
    reach = wp.vec3(wide, wide, wide)
    query = wp.mesh_query_aabb(cloth, p - reach, p + reach)
    t = int(0)
    me = kind[i]
    while wp.mesh_query_aabb_next(query, t):
        f = faces[t]
        k0 = kind[f[0]]
        k1 = kind[f[1]]
        k2 = kind[f[2]]
        if me != k0 and me != k1 and me != k2:
            a = x[f[0]]
            b = x[f[1]]
            c = x[f[2]]
            w = closest_on_triangle(p, a, b, c)
            apart = wp.length(p - (a * w[0] + b * w[1] + c * w[2]))
            if (
                apart < wide
                and folded[i] == 0
                and not joined(near_start, near, me, k0)
                and not joined(near_start, near, me, k1)
                and not joined(near_start, near, me, k2)
            ):
                folded[i] = 1
            if (
                apart < radius
                and fresh[i] + fresh[f[0]] + fresh[f[1]] + fresh[f[2]] > 0
                and not joined(exempt_start, exempt, me, k0)
                and not joined(exempt_start, exempt, me, k1)
                and not joined(exempt_start, exempt, me, k2)
            ):
                k = wp.atomic_add(count, 0, 1)
                if k < capacity:
                    nodes[k] = wp.vec4i(i, f[0], f[1], f[2])


@wp.kernel
def find_edge_pairs(
    cloth: wp.uint64,
    x: wp.array[wp.vec3],
    edges: wp.array[wp.vec2i],
    face_edges: wp.array[wp.vec3i],
    owned: wp.array[wp.vec3i],
    kind: wp.array[int],
    exempt_start: wp.array[int],
    exempt: wp.array[int],
    radius: float,
    capacity: int,
    folded: wp.array[int],
    count: wp.array[int],
    nodes: wp.array[wp.vec4i],
    fresh: wp.array[int],
) -> None:
    """Lists pairs of edges whose lines come nearer than `radius` on or just off the edges, with a
    `fresh` vertex."""
    j = wp.tid()
    g = edges[j]
    if folded[g[0]] == 0 and folded[g[1]] == 0:
        return
    p = x[g[0]]
    along = x[g[1]] - p
    reach = wp.vec3(radius, radius, radius)
    query = wp.mesh_query_aabb(cloth, wp.min(p, x[g[1]]) - reach, wp.max(p, x[g[1]]) + reach)
    t = int(0)
    k0 = kind[g[0]]
    k1 = kind[g[1]]
    a = wp.dot(along, along)
    while wp.mesh_query_aabb_next(query, t):
        for m in range(3):
            other = face_edges[t][m]
            if owned[t][m] == 1 and other > j:
                h = edges[other]
                m0 = kind[h[0]]
                m1 = kind[h[1]]
                q = x[h[0]]
                line = x[h[1]] - q
                apart = p - q
                e = wp.dot(line, line)
                f = wp.dot(line, apart)
                c = wp.dot(along, apart)
                b = wp.dot(along, line)
                det = a * e - b * b
                if det > 1.0e-6 * a * e:
                    s = (b * f - c * e) / det
                    r = (b * s + f) / e
                    if s > -0.25 and s < 1.25 and r > -0.25 and r < 1.25:
                        d = apart + along * s - line * r
                        if (
                            wp.length(d) < radius
                            and fresh[g[0]] + fresh[g[1]] + fresh[h[0]] + fresh[h[1]] > 0
                            and not joined(exempt_start, exempt, k0, m0)
                            and not joined(exempt_start, exempt, k0, m1)
                            and not joined(exempt_start, exempt, k1, m0)
                            and not joined(exempt_start, exempt, k1, m1)
                        ):
                            k = wp.atomic_add(count, 0, 1)
                            if k < capacity:
                                nodes[k] = wp.vec4i(g[0], g[1], h[0], h[1])


@wp.kernel
def measure_pairs(
    x: wp.array[wp.vec3],
    nodes: wp.array[wp.vec4i],
    vertex_pairs: int,
    radius: float,
    thickness: float,
    stiffness: float,
    drag: float,
    weight: wp.array[wp.vec4],
    normal: wp.array[wp.vec4],
    active: wp.array[int],
    active_nodes: wp.array[wp.vec4i],
    active_weight: wp.array[wp.vec4],
    active_normal: wp.array[wp.vec3],
    soft: float,
    layers: int,
    layer: wp.array[int],
    outward: wp.array[wp.vec3],
    tangled: wp.array[int],
    force: wp.array[wp.vec3],
    diagonal: wp.array[wp.mat33],
) -> None:
    """Measures each pair; those nearer than `thickness` repel each other.

    Of garments over one another it is known which is outside: where there are `layers`, features
    of two layers on the wrong sides have a negative distance, and are pushed through each other.

    ``normal`` holds the unit normal and the distance, or FAR where the closest points lie beyond
    `radius` or off the edges. An active normal is scaled by the root of the pair's stiffness.
    `drag` [N/m per N of normal force] brakes features that press on one another. Features of one
    layer with a `tangled` vertex on both sides are left alone.
    """
    k = wp.tid()
    v = nodes[k]
    normal[k] = wp.vec4(0.0, 0.0, 0.0, FAR)
    if tangled[v[0]] == 1 and tangled[v[3]] == 1 and (layers == 1 or layer[v[0]] == layer[v[3]]):
        return
    w = wp.vec4(0.0)
    if k < vertex_pairs:
        bary = closest_on_triangle(x[v[0]], x[v[1]], x[v[2]], x[v[3]])
        w = wp.vec4(1.0, -bary[0], -bary[1], -bary[2])
    else:
        along = x[v[1]] - x[v[0]]
        line = x[v[3]] - x[v[2]]
        apart = x[v[0]] - x[v[2]]
        a = wp.dot(along, along)
        e = wp.dot(line, line)
        f = wp.dot(line, apart)
        c = wp.dot(along, apart)
        b = wp.dot(along, line)
        det = a * e - b * b
        if det < 1.0e-6 * a * e:
            return
        s = (b * f - c * e) / det
        r = (b * s + f) / e
        if s < 0.0 or s > 1.0 or r < 0.0 or r > 1.0:
            return
        w = wp.vec4(1.0 - s, s, r - 1.0, -r)
    d = w[0] * x[v[0]] + w[1] * x[v[1]] + w[2] * x[v[2]] + w[3] * x[v[3]]
    distance = wp.length(d)
    if distance >= radius or distance < 1.0e-7:
        return
    n = d / distance
    if layers > 1 and layer[v[0]] != layer[v[3]]:
        up = wp.vec3(0.0)
        over = wp.vec3(0.0)
        inner = wp.min(layer[v[0]], layer[v[3]])
        for m in range(4):
            if layer[v[m]] == inner:
                up += w[m] * outward[v[m]]
            else:
                over += w[m] * outward[v[m]]
        # Weights of the second feature are negative, so `up` points from inner to outer if the
        # first is inner, and the other way if not; d points from the second to the first. Both
        # must say so: the middle of a fold shows its outside inwards.
        if wp.dot(d, up) > 0.3 * distance * wp.length(up) and wp.dot(
            d, over
        ) < -0.3 * distance * wp.length(over):
            n = -n
            distance = -distance
    weight[k] = w
    normal[k] = wp.vec4(n[0], n[1], n[2], distance)
    if distance < thickness + soft:
        depth = wp.min(thickness - distance, 3.0 * thickness)
        push = soft_push(depth, stiffness, soft)
        if distance > 0.0:
            push += soft_push(depth - 0.5 * thickness, TIGHT * stiffness, soft)
        press = push[0]
        at = wp.atomic_add(active, 0, 1)
        active_nodes[at] = v
        active_weight[at] = w
        active_normal[at] = n * wp.sqrt(push[1])
        nn = push[1] * wp.outer(n, n)
        one = wp.identity(n=3, dtype=float)
        for m in range(4):
            wp.atomic_add(force, v[m], (press * w[m]) * n)
            wp.atomic_add(diagonal, v[m], nn * (w[m] * w[m]) + one * (wp.abs(w[m]) * drag * press))


@wp.kernel
def add_normals(
    x: wp.array[wp.vec3], faces: wp.array[wp.vec3i], outward: wp.array[wp.vec3]
) -> None:
    """Adds the normals of triangles, by area, to those of their corners."""
    f = faces[wp.tid()]
    n = wp.cross(x[f[1]] - x[f[0]], x[f[2]] - x[f[0]])
    for m in range(3):
        wp.atomic_add(outward, f[m], n)


@wp.kernel
def keep_apart(
    nodes: wp.array[wp.vec4i],
    weight: wp.array[wp.vec4],
    normal: wp.array[wp.vec4],
    free: wp.array[float],
    keep: float,
    step: wp.array[wp.vec3],
) -> None:
    """Takes the approach out of a step where a pair would come nearer than `keep`.

    On a CPU the pairs are visited in turn, each seeing what the last one changed.
    """
    k = wp.tid()
    distance = normal[k][3]
    if distance >= FAR or distance < 0.0:
        return
    v = nodes[k]
    w = weight[k]
    n = wp.vec3(normal[k][0], normal[k][1], normal[k][2])
    approach = float(0.0)
    inertia = float(0.0)
    for m in range(4):
        approach += w[m] * wp.dot(n, step[v[m]])
        inertia += w[m] * w[m] * free[v[m]]
    need = wp.min(distance * 0.7, keep) - (distance + approach)
    if need > 1.0e-6 and inertia > 0.0:
        for m in range(4):
            wp.atomic_add(step, v[m], (need / inertia * w[m] * free[v[m]]) * n)


@wp.kernel
def shorten_crossing(
    nodes: wp.array[wp.vec4i],
    weight: wp.array[wp.vec4],
    normal: wp.array[wp.vec4],
    keep: float,
    kept: float,
    step: wp.array[wp.vec3],
    hits: wp.array[int],
) -> None:
    """Leaves the part `kept` of the steps of pairs that would still lose three quarters of what
    keeps them apart."""
    k = wp.tid()
    distance = normal[k][3]
    if distance >= FAR or distance < 0.0:
        return
    v = nodes[k]
    w = weight[k]
    n = wp.vec3(normal[k][0], normal[k][1], normal[k][2])
    approach = float(0.0)
    for m in range(4):
        approach += w[m] * wp.dot(n, step[v[m]])
    if distance + approach < 0.25 * wp.min(distance, keep):
        wp.atomic_add(hits, 0, 1)
        for m in range(4):
            step[v[m]] = step[v[m]] * kept


@wp.kernel
def greatest_move(x: wp.array[wp.vec3], seen: wp.array[wp.vec3], moved: wp.array[float]) -> None:
    """The greatest distance of vertices from where they were seen [m]."""
    i = wp.tid()
    wp.atomic_max(moved, 0, wp.length(x[i] - seen[i]))


@wp.kernel
def to_single(positions: wp.array[wp.vec3d], out: wp.array[wp.vec3]) -> None:
    """Positions in single precision, for distances and trees."""
    i = wp.tid()
    out[i] = single(positions[i])
