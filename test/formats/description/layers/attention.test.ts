import t from 'tap';
import { expectLowered } from '../lower.ts';

t.test('self-attention is one projection, split in three', async (t) => {
  expectLowered(t, [
    [
      ['N', 5, 8],
      { type: 'MultiheadAttention', num_heads: 2, dropout: 0.1 },
      [
        'l.in_proj.matmul = MatMul(x, l.in_proj_weight) -> (N 5 24)',
        'l.in_proj = Add(l.in_proj.matmul, l.in_proj_bias) -> (N 5 24)',
        'l.in_proj_split = Split(l.in_proj) axis=-1 num_outputs=3 -> l.in_proj_split.0 (N 5 8), l.in_proj_split.1 (N 5 8), l.in_proj_split.2 (N 5 8)',
        'l.query_heads = Reshape(l.in_proj_split.0, l.query_heads.shape) -> (N 5 2 4)',
        'l.query = Transpose(l.query_heads) perm=[0,2,1,3] -> (N 2 5 4)',
        'l.key_heads = Reshape(l.in_proj_split.1, l.key_heads.shape) -> (N 5 2 4)',
        'l.key = Transpose(l.key_heads) perm=[0,2,1,3] -> (N 2 5 4)',
        'l.value_heads = Reshape(l.in_proj_split.2, l.value_heads.shape) -> (N 5 2 4)',
        'l.value = Transpose(l.value_heads) perm=[0,2,1,3] -> (N 2 5 4)',
        'l.key_transpose = Transpose(l.key) perm=[0,1,3,2] -> (N 2 4 5)',
        'l.scaled_query = Mul(l.query, l.scale) -> (N 2 5 4)',
        'l.scores = MatMul(l.scaled_query, l.key_transpose) -> (N 2 5 5)',
        'l.softmax = Softmax(l.scores) axis=-1 -> (N 2 5 5)',
        'l.context = MatMul(l.softmax, l.value) -> (N 2 5 4)',
        'l.context_transpose = Transpose(l.context) perm=[0,2,1,3] -> (N 5 2 4)',
        'l.joined = Reshape(l.context_transpose, l.joined.shape) -> (N 5 8)',
        'l.matmul = MatMul(l.joined, l.out_proj.weight) -> (N 5 8)',
        'l = Add(l.matmul, l.out_proj.bias) -> (N 5 8)',
      ],
      [
        'l.in_proj_weight (8 24)',
        'l.in_proj_bias (24)',
        'l.query_heads.shape int64 (4) [0 -1 2 4]',
        'l.key_heads.shape int64 (4) [0 -1 2 4]',
        'l.value_heads.shape int64 (4) [0 -1 2 4]',
        'l.scale () [0.5]',
        'l.joined.shape int64 (3) [0 -1 8]',
        'l.out_proj.weight (8 8)',
        'l.out_proj.bias (8)',
      ],
    ],
  ]);
});
