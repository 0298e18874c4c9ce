"""What people write in English; {where} is a place in words, {n} a small number, {t} a time."""

SAID: dict[str, tuple[str, ...]] = {
    "burst_pipe": (
        "burst pipe {where}, water spraying everywhere", "water gushing out of the road {where}",
        "There is a water main break {where}", "pipe burst {where} pls hurry",
        "the street is bubbling {where}, it has been {n} hours",
    ),
    "no_water": (
        "no water {where}", "taps dry since {t}", "is the water off {where}? nobody told us",
        "very low water pressure {where}, can't shower", "no water AGAIN, {n} times this month",
    ),
    "no_power": (
        "power cut {where}", "no electricity {where} since {t}", "blackout in the whole building {where}",
        "power out, my fridge is warming up", "mum is on an oxygen machine and the power is out {where}",
    ),
    "lift_trap": (
        "help trapped in lift {where}", "someone is stuck in the elevator {where}",
        "stuck in the lift between {n} and the next floor, alarm does nothing",
        "granny trapped in the lift {where} please come",
    ),
    "lift_fault": (
        "lift broken {where}", "elevator out again, I live on floor {n}",
        "lift not working {where}, reported {n} days ago", "the lift makes a scary noise {where}",
    ),
    "manhole": (
        "manhole cover missing {where}", "loose manhole cover bangs all night {where}",
        "broken manhole {where}, someone will fall in",
    ),
    "road_flooding": (
        "flooded road {where}", "water up to my knees {where}", "street under water {where}, cars stuck",
        "standing water {where}, happens every time it rains",
    ),
    "blocked_drain": (
        "drain backing up {where}", "sewage on the road {where}, disgusting", "blocked drain {where} pls clear",
    ),
    "street_light": (
        "street light out {where}", "{n} lamps out {where}, so dark I'm scared to walk",
        "street lights flickering {where}",
    ),
    "garbage": (
        "overflowing bin {where}", "rubbish not collected {where} for {n} days", "garbage all over {where}",
        "someone dumped debris {where}",
    ),
    "night_noise": (
        "construction at night {where}, cannot sleep", "karaoke until {t} {where}", "way too loud {where}",
        "party noise again, {n} nights in a row",
    ),
    "parking": (
        "illegal parking {where}, can't get out", "cars parked on the pavement {where}",
        "double parked {where} every evening", "shared bikes blocking the ramp {where}",
    ),
    "shop_pavement": (
        "shop goods all over the sidewalk {where}", "restaurant tables blocking pavement {where}",
        "street stall in front of the bus stop {where}",
    ),
    "tree_down": (
        "fallen tree {where}", "big branch broken {where}, hanging over the path", "tree on a car {where}",
    ),
    "gas_smell": (
        "smell of gas {where}", "strong gas smell in the stairwell {where}", "gas leak?? {where}",
    ),
    "dirty_water": (
        "brown water from the tap {where}", "water smells like bleach {where}", "yellow water for {n} days",
    ),
    "dust": (
        "dust from the building site {where}, can't open windows", "cooking fumes into our flat {where}",
        "trucks spilling dirt {where}",
    ),
    "stray_dog": (
        "stray dogs {where} chasing kids", "dog off the leash {where}, nearly bit me", "stray dog barking all night",
    ),
    "broken_bench": (
        "broken bench {where}, nails sticking out", "bench in the park is rotten {where}",
    ),
    "ebike": (
        "e-bike charging in the hallway {where}", "someone takes a scooter up in the lift {where}, fire risk",
        "battery charging cable hanging from floor {n} {where}",
    ),
    "corridor_leak": (
        "water leaking in the corridor {where}", "ceiling leak {where} for {n} days",
        "damp wall, rain comes in {where}",
    ),
    "traffic_light": (
        "traffic light out {where}", "lights stuck on red {where}, waited {n} minutes", "signal broken {where}, chaos",
    ),
    "pothole": (
        "pothole {where}", "hole in the road {where}, fell off my bike", "pavement slabs sticking up {where}",
    ),
    "crowd": (
        "too crowded {where}, feels dangerous", "people packed {where}, kids crying", "crush at the exit {where}",
    ),
    "heating": (
        "heating not working {where}", "AC unit drips on my balcony {where}", "no heating for {n} days, baby at home",
    ),
    "rude_staff": (
        "the clerk was very rude to my mother", "sent away {n} times for one more paper",
        "nobody picks up the phone, then they hang up",
    ),
    "fire_way": (
        "fire lane blocked by cars {where}", "clutter in stairwell {where}, blocked escape",
    ),
    "falling_wire": (
        "hanging wire {where}, dont touch", "exposed cable {where}",
    ),
    "not_city": (
        "my phone company overcharged me", "online shop won't refund my shoes", "how do I claim a lottery prize",
        "my wifi is slow", "what is the weather tomorrow",
    ),
}  # fmt: skip

WHERE: tuple[str, ...] = (
    "at {building}",
    "outside {building}",
    "behind {building}",
    "on {road}",
    "on {road} near {building}",
    "in {quarter}",
    "corner of {road}",
    "in our compound",
    "near here",
    "{road}, east side",
)
VAGUE = ("near here", "in our compound", "the usual place", "downstairs")
POLITE_FIRST = (
    "Hello, sorry to bother you. ",
    "Good morning, ",
    "Dear sir or madam, ",
    "Excuse me, ",
)
POLITE_LAST = (
    "Thank you very much.",
    "Thanks for your hard work.",
    "Kind regards.",
    "Many thanks!",
)
ANGRY_LAST = (
    "!!!",
    "does anybody even read this?",
    "called {n} times already!!",
    "this is the {n}th time",
    "what do we pay taxes for",
    "SORT IT OUT",
    "unbelievable.",
)
CONTACT = ("call me {phone}", "my number is {phone}, {name}", "{name} {phone}", "whatsapp {phone}")
NAMES_ONLY = (
    "it is {name} from upstairs",
    "my name is {name}",
    "I told {name} in the office, no use",
)
SURNAMES = ("Carter", "Brown", "Okafor", "Silva", "Novak", "Kumar", "Meyer", "Rossi")
GIVEN = ("Anna", "Tom", "Maria", "Joe", "Lucy", "Ben")
TIMES = ("6 this morning", "last night", "noon", "2am", "yesterday", "midnight")
SLIPS: tuple[tuple[str, str], ...] = (
    ("water", "watter"),
    ("elevator", "elevater"),
    ("electricity", "electrcity"),
    ("broken", "brocken"),
    ("pavement", "pavment"),
    ("because", "becuase"),
    ("pressure", "presure"),
    ("building", "bulding"),
    ("street", "steet"),
    ("rubbish", "rubish"),
    ("there", "their"),
    ("can't", "cant"),
    ("since", "sinse"),
    ("traffic", "trafic"),
    ("garbage", "garbadge"),
    ("people", "poeple"),
    ("please", "plese"),
)
AGAIN = ("same here, ", "still waiting, ", "also seeing this: ", "me too - ", "not only us, ")
