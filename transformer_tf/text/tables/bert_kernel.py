"""Characters for which tensorflow-text's FastBertTokenizer is proven equal.

Written by tools/unicode_tables.
"""

UNCASED = (
    "9-a d 20-7e a0-a7 a9 ab-ae b0-b1 b6-b7 bb bf-de e0-131 134-13e 141-148 14a-17e "
    "180-1c3 1cd-1f0 1f4-2af 2b9-2d7 2de-2df 2e5-344 346-379 37b-383 386-3c1 3c3-3cf "
    "3d7-3ef 3f3-3f4 3f6-3f8 3fa-586 588-5ff 606-61c 61e-674 679-6dc 6de-70e 710-7fc "
    "7fe-88f 892-897 8a0-8c9 8e3-9fc 9ff-a75 a77-af9 b00-b54 b56-c03 c05-c3b c3d-c76 "
    "c78-c83 c85-cff d01-d3a d3d-d80 d82-e32 e34-eb2 eb4-eb9 ebb-ecd ecf-edb ede-f0b "
    "f0d-10fb 10fd-115e 1161-139f 13f6-13f7 13fe-166c 166e-1733 1735-180e 1810-1884 "
    "1887-1abe 1acf-1b43 1b45-1b4d 1b50-1b7c 1b80-1ba9 1bab-1bf1 1bf4-1c7f 1c89-1d2b "
    "1d2f 1d3b 1d4e 1d6b-1d77 1d79-1d9a 1dc0-1df5 1dfc-1e99 1e9c-1e9d 1e9f-1f7f "
    "1fb0-1fb1 1fb5-1fb6 1fb8-1fbb 1fbe 1fc5-1fc6 1fc8-1fcb 1fd0-1fdc 1fe0-1fec "
    "1fef-1ff1 1ff5-1ff6 1ff8-1ffb 1fff-2010 2012-2016 2018-2023 2027-2032 2035 "
    "2038-203b 203d 203f-2046 204a-2056 2058-2064 2066-206f 2072-2073 208f 209d-20a7 "
    "20a9-20ff 2104 2108 2114 2117-2118 211e-211f 2123 2125-2127 2129-212b 212e 2132 "
    "213a 2141-2144 214a-214f 2180-2188 218a-222b 222e 2231-245f 24eb-2a0b 2a0d-2a73 "
    "2a77-2c7b 2c7e-2d6e 2d70-2e42 2e50-2e51 2e5e-2e9e 2ea0-2ef2 2ef4-2eff 2fd6-302d "
    "3030-3035 3037 303b-309a 309d-309e 30a0-30fe 3100-3130 318f-3191 31a0-31ff 321f "
    "3248-324f 327f 3400-a69b a69e-a76f a771-a7cd a7cf-a7d1 a7d3 a7d5-a7f1 a7f5-a7f7 "
    "a7fa-a82b a82d-a8c4 a8c6-a8fe a900-a952 a954-a9bc a9be-a9bf a9c1-ab5b ab60-ab68 "
    "ab6a-ab6f abc0-d7ff f900-faff fb07-fb12 fb18-fb1f fb2a-fb4e fbb2-fbd2 fd3e-fd4f "
    "fd90-fd91 fdc8-fdef fdfd-fe0f fe1a-fe2f fe45-fe46 fe53 fe67 fe6c-fe6f fe73 fe75 "
    "fefd-ff00 ffbf-ffc1 ffc8-ffc9 ffd0-ffd1 ffd8-ffd9 ffdd-ffdf ffe7 ffef fffc "
    "fffe-ffff "
)
CASED = (
    "9-a d 20-7e a0-ac ae-5ff 606-61b 61e-6dc 6de-70e 710-88f 892-8e1 8e3-9fc 9fe-a75 "
    "a77-c76 c78-c83 c85-166c 166e-180d 180f-1b4d 1b50-1b7c 1b80-200a 2010-2029 "
    "202f-205f 2065 2070-2e42 2e50-2e51 2e5e-d7ff f900-fefe ff00-fff8 fffc fffe-ffff "
)
