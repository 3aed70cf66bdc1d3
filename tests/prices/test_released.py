"""Released tables never change: this list only grows."""

import hashlib

from costmodel.foundation.datafiles import data_folder

RELEASED = """\
f551990a1c7ed504f5df3195d17302778dd7eebe53745b31501915d019b5ffa0 2026-04-21/anthropic.yaml
e489dc9ad2e10c2da141636431a140ffc7d32f5611f3c060cf176470d00c6208 2026-04-21/deepseek.yaml
b606d2c0c8b71bf488d81ec01fab12c685ddbeec100af82e7966eb9386546d72 2026-04-21/google.yaml
862f460c397bef748b1e3609220024811f710513eefe84d4908eb5f8e71ef036 2026-04-21/openai.yaml
628b588422ba44890b8845786101a2c06fe2f455e49e665d8c8bdbb06191ae84 2026-08-12/anthropic.yaml
2af7b547db43d304af86f74b8dbfcc8f9a9d2c46909532048cd4ac71dd8a01e3 2026-08-12/deepseek.yaml
a2b04745bf3a5c76b30dc085ac7fda50b8cc14bd8bfc4f98dbd3306405a68542 2026-08-12/google.yaml
2816bc430128c24525f1e53f23d6a18f2aad84f4f042019430f42bdf8a4fac7b 2026-08-12/openai.yaml
c5654f11e3cba78a38b4edf44c424bc9f99fdc55fba17d85a32d04c2854ef2f8 2026-11-23/anthropic.yaml
4c784f745e2a7838c0cf41ce1f6ce75a3e1527b6122563fd14a5bab69cf4bfad 2026-11-23/deepseek.yaml
b9d8de66aafe148208c84954b95aca5c0994a40dd3fc495cd3defc776c28ecbe 2026-11-23/google.yaml
3384fc92a1e8c171c0fc3d67fd8c1b37b9fcde92a8af29082b1a6dda85e66a10 2026-11-23/openai.yaml
17f5f9199c5d50ffbc6976a7084fabc57cdaa5d7d0050a121bd897b01c65de65 2026-11-24/anthropic.yaml
0716823adb1d560498730faa291bc3d55d2c36aeed8211aebcf8998562eeda23 2026-11-24/azure.yaml
9103acb9d4e3b0960de8d0b792551604afa08d00970dde7970e4c8a57aab01b3 2026-11-24/bedrock.yaml
cd9c0a897c28d46e3bf8e13ca16d306bae1d8dc658d8624953666ec8dfe81787 2026-11-24/cohere.yaml
738b6ff629872b98d8498a6f8361ac2ff37bab13c1b28155be49114893c83bf6 2026-11-24/deepseek.yaml
c3880620bbb8d9755a8ad6338b370b58bc8229ebed4f6eab90ce164f87aa0c66 2026-11-24/google.yaml
302e5b094165b101ff98fb06c348b8c1f3641584721f05b895c6aae846797c4e 2026-11-24/groq.yaml
7aba24244ddd53948306dac231d3ec4bfcbf26582bb8c3098947ce8f05789537 2026-11-24/meta.yaml
adf4931cea176adb3722a1ef15ed131b16bb8ee636a03258bb63e5bdf64681b7 2026-11-24/mistral.yaml
6a6115452898e77526046b55ade77a1a0ddaabc9f2046a8bc6674046ac4f3ca0 2026-11-24/moonshotai.yaml
63e333fa34fada58279c4af2add17c91dad2afc0dd21dd33820a079d72ca94ab 2026-11-24/openai.yaml
75facebdc1f2effa49b2a399705876bf56f9d556674a3c23c9511f487d1dbfc2 2026-11-24/voyageai.yaml
5f6792c95c24ea9c4aa47d49fa2947b804d3442b796643fceb6d2c8aaee2e1da 2026-11-24/x-ai.yaml
"""


def test_no_released_table_has_changed_and_every_one_is_listed():
    folder = data_folder("pricing")
    listed = {name: digest for digest, name in map(str.split, RELEASED.splitlines())}
    found = {
        f"{file.parent.name}/{file.name}": hashlib.sha256(file.read_bytes()).hexdigest()
        for file in folder.glob("2*/*.yaml")
    }
    assert found == listed
